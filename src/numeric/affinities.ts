/**
 * Affinities of points to their neighbours, the P of t-SNE: Gaussian around each point, as wide as the perplexity asks, made symmetric.
 * @see van der Maaten, Hinton, Visualizing Data using t-SNE, JMLR 2008, equations 1 and 3
 * @see van der Maaten, Accelerating t-SNE using Tree-Based Algorithms, JMLR 2014, section 3
 */
import type { NeighbourGraph } from './points.ts';

/** A sparse symmetric matrix [count,count] in compressed rows, indices ascending in each, diagonal empty; the values sum to 1. */
export interface Affinities {
  count: number;
  /** [count + 1]: where each row begins. */
  indptr: Int32Array;
  /** [indptr[count]]. */
  indices: Int32Array;
  /** [indptr[count]]: (p_j|i + p_i|j) / 2n. */
  values: Float32Array;
  /** What the rows have: less than was asked for where there are too few neighbours. */
  perplexity: number;
}

/** How many neighbours of each of `count` points a perplexity needs. */
export function neighboursFor(perplexity: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.ceil(3 * perplexity)));
}

/** Affinities of at least two points. A perplexity above a third of the neighbours is lowered to that, but not below 1. */
export function affinities(_graph: NeighbourGraph, _perplexity: number): Affinities {
  throw new Error('not there yet');
}
