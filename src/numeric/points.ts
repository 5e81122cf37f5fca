/** Points of a space: [count,dimensions], row-major. `data` may lie on a SharedArrayBuffer: threads read it, nobody writes. */
export interface Points {
  data: Float32Array;
  count: number;
  dimensions: number;
}

/** The k nearest neighbours of every point, itself left out; nearest first, of equal ones the lower index. */
export interface NeighbourGraph {
  k: number;
  /** [count,k]. */
  indices: Int32Array;
  /** [count,k]: Euclidean lengths, or 1 − cosine. */
  distances: Float32Array;
}
