/**
 * [rows,columns] of a finer map [height,width]: means over the area of each new cell, of old ones that it cuts in part. NaN where some of it
 * is not known.
 */
export function areaMeans(
  values: Float32Array,
  [height, width]: readonly [number, number],
  [rows, columns]: readonly [number, number],
): Float32Array {
  const [down, across] = [overlaps(height, rows), overlaps(width, columns)];
  const out = new Float32Array(rows * columns);
  for (const [y, row] of down.entries()) {
    for (const [x, column] of across.entries()) {
      let sum = 0;
      for (const [i, tall] of row) for (const [j, wide] of column) sum += (values[i * width + j] as number) * tall * wide;
      out[y * columns + x] = sum;
    }
  }
  return out;
}

/** Of each of `few` equal parts, the cells it overlaps with their share of it. */
function overlaps(cells: number, few: number): [cell: number, share: number][][] {
  const length = cells / few;
  return Array.from({ length: few }, (_, part) => {
    const [from, to] = [part * length, (part + 1) * length];
    const own: [number, number][] = [];
    for (let cell = Math.floor(from); cell < Math.min(cells, to); cell++) {
      const share = (Math.min(cell + 1, to) - Math.max(cell, from)) / length;
      if (share > 1e-9) own.push([cell, share]);
    }
    return own;
  });
}
