import type { Points } from './points.ts';

/** The directions along which points differ most, and where the points are along them. */
export interface Pca {
  /** [count,k]: coordinates along the components. */
  scores: Float32Array;
  /** [k]: variance along each component (divisor count − 1), descending. */
  variance: Float64Array;
  /** Of all dimensions together. */
  totalVariance: number;
  /** [k,dimensions]: orthonormal; of each the largest entry is positive. */
  components: Float32Array;
  /** [dimensions]. */
  mean: Float64Array;
}

/** Always as many components as are asked for: where the points fill fewer directions the rest is 0. */
export function pca(_points: Points, _components: number, _options: { seed?: number } = {}): Pca {
  throw new Error('not there yet');
}
