/** How the values of one unit are distributed, in bins of constant relative width. */
export interface Histogram {
  /** Cells counted. */
  readonly total: number;
  readonly min: number;
  readonly max: number;
  /** Value that `share` of all cells exceed, interpolated inside its bin; `error`: half the bin's width. */
  quantile(share: number): { value: number; error: number };
  /** Cells above a value: exact at 0 and at the edges of bins (powers of 2 among them), else interpolated. */
  countAbove(value: number): number;
  /** The same in at most `bins` equal bins from min to max: `counts[i]` cells in [edges[i], edges[i+1]), the last one closed. */
  linear(bins: number): { edges: Float32Array; counts: Float64Array };
}
