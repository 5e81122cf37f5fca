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
 * Bilinear interpolation of `source`, of rows of `width` cells, at the places of two axes, into [rows,columns].
 * `row` is room for one interpolated row of the source.
 */
export function interpolate(
  source: ArrayLike<number>,
  { width, rows, columns, row }: { width: number; rows: Axis; columns: Axis; row: Float64Array },
  into: Float32Array | Float64Array,
): void {
  const { lower, upper, fraction } = columns;
  const size = lower.length;
  for (let y = 0; y < rows.lower.length; y++) {
    between(source, (rows.lower[y] as number) * width, (rows.upper[y] as number) * width, rows.fraction[y] as number, row);
    for (let x = 0; x < size; x++) {
      const a = row[lower[x] as number] as number;
      into[y * size + x] = a + ((row[upper[x] as number] as number) - a) * (fraction[x] as number);
    }
  }
}

/** The row `fraction` of the way from one to another; equal values stay exactly equal. */
function between(source: ArrayLike<number>, from: number, to: number, fraction: number, into: Float64Array): void {
  for (let x = 0; x < into.length; x++) {
    const a = source[from + x] as number;
    into[x] = a + ((source[to + x] as number) - a) * fraction;
  }
}
