/** Which two cells of a source each place along one axis lies between: `fraction` of the way from `lower` to `upper`. */
export interface Axis {
  lower: Int32Array;
  upper: Int32Array;
  fraction: Float64Array;
}

/** @param places in cells of the source, 0 the centre of the first of `size` cells */
export function axis(places: Float64Array, size: number): Axis {
  const lower = Int32Array.from(places, (at) => Math.min(Math.floor(at), size - 1));
  return {
    lower,
    upper: lower.map((cell) => Math.min(cell + 1, size - 1)),
    fraction: places.map((at, i) => at - (lower[i] as number)),
  };
}

/**
 * Bilinear interpolation of `source`, of rows of `width` cells, at the places of two axes, into [rows,columns]: along the rows
 * of the source first, of which there are few. Equal values stay exactly equal.
 * @param wide room for the source's rows at the places of `columns`
 */
export function interpolate(
  source: ArrayLike<number>,
  { width, rows, columns, wide }: { width: number; rows: Axis; columns: Axis; wide: Float64Array },
  into: Float32Array | Float64Array,
): void {
  const { lower, upper, fraction } = columns;
  const size = lower.length;
  for (let from = 0, at = 0; from < source.length; from += width) {
    for (let x = 0; x < size; x++, at++) {
      const a = source[from + (lower[x] as number)] as number;
      wide[at] = a + ((source[from + (upper[x] as number)] as number) - a) * (fraction[x] as number);
    }
  }
  for (let y = 0, at = 0; y < rows.lower.length; y++) {
    const [above, below, part] = [(rows.lower[y] as number) * size, (rows.upper[y] as number) * size, rows.fraction[y] as number];
    for (let x = 0; x < size; x++, at++) {
      const a = wide[above + x] as number;
      into[at] = a + ((wide[below + x] as number) - a) * part;
    }
  }
}
