/**
 * Affinities of points to their neighbours, the P of t-SNE: Gaussian around each point, as wide as the perplexity asks, made symmetric.
 * @see van der Maaten, Hinton, Visualizing Data using t-SNE, JMLR 2008, equations 1 and 3
 * @see van der Maaten, Accelerating t-SNE using Tree-Based Algorithms, JMLR 2014, section 3
 */
import { ModelError } from '../shared/errors.ts';
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

/** What k neighbours carry of a perplexity: all, or a third of k. */
function perplexityOf(k: number, asked: number): number {
  return Math.max(1, Math.ceil(3 * asked) <= k ? asked : k / 3);
}

/**
 * Affinities of at least two points to their neighbours [count,k]. A perplexity that needs more than k neighbours is lowered to k / 3, but
 * not below 1.
 * @throws ModelError `weights`: a distance is no number
 */
export function affinities(graph: NeighbourGraph, perplexity: number): Affinities {
  const used = perplexityOf(graph.k, perplexity);
  const conditional = conditionals(graph, used);
  // A matrix that is transposed has ascending indices in each row.
  const transposed = transpose(conditional);
  return { ...meanOf(transpose(transposed), transposed), perplexity: used };
}

type Sparse = Omit<Affinities, 'perplexity'>;

/** Rows p_j|i. */
function conditionals({ k, indices, distances }: NeighbourGraph, perplexity: number): Sparse {
  const count = indices.length / k;
  const values = new Float32Array(indices.length);
  const squares = new Float64Array(k);
  const weights = new Float64Array(k);
  const entropy = Math.log(perplexity);
  for (let i = 0; i < count; i++) {
    // Less the smallest: a common factor of the weights, which may all underflow with it.
    let least = Infinity;
    for (let j = 0; j < k; j++) {
      const d = distances[i * k + j] as number;
      if (!Number.isFinite(d)) throw new ModelError('weights', `The distance of point ${i} to one of its neighbours is no finite number.`);
      squares[j] = d * d;
      least = Math.min(least, d * d);
    }
    for (let j = 0; j < k; j++) squares[j] = (squares[j] as number) - least;
    findBeta(squares, entropy, weights);
    values.set(weights, i * k);
  }
  return { count, indptr: Int32Array.from({ length: count + 1 }, (_, i) => i * k), indices, values };
}

/** Nats that the entropy of a row may be off. */
const tolerance = 1e-9;

/**
 * The precision β = 1/2σ² of a row: writes its weights, of sum 1, and returns β. Newton's method on ln β, kept inside an interval that
 * holds the solution; the entropy falls as β grows. Where so many neighbours are equally near that their entropy is always larger, the
 * weight is theirs alone.
 * @param squares of the distances, the smallest 0
 */
export function findBeta(squares: Float64Array, entropy: number, weights: Float64Array): number {
  const k = squares.length;
  let mean = 0;
  for (let j = 0; j < k; j++) mean += (squares[j] as number) / k;
  let [low, high] = [-Infinity, Infinity];
  // All are equally near: any β will do.
  let logBeta = mean > 0 ? -Math.log(mean) : 0;
  let beta = 0;
  let sum = k;
  for (let step = 0; step < 200; step++) {
    beta = Math.exp(logBeta);
    let [moment, second] = [0, 0];
    sum = 0;
    for (let j = 0; j < k; j++) {
      const exponent = beta * (squares[j] as number);
      const w = Math.exp(-exponent);
      weights[j] = w;
      sum += w;
      moment += w * exponent;
      second += w * exponent * exponent;
    }
    moment /= sum;
    const excess = Math.log(sum) + moment - entropy;
    const variance = second / sum - moment * moment;
    if (Math.abs(excess) < tolerance || variance <= 0) break;
    if (excess > 0) low = logBeta;
    else high = logBeta;
    const newton = logBeta + Math.max(-4, Math.min(4, excess / variance));
    logBeta = newton > low && newton < high ? newton : (low + high) / 2;
  }
  for (let j = 0; j < k; j++) weights[j] = (weights[j] as number) / sum;
  return beta;
}

function transpose({ count, indptr, indices, values }: Sparse): Sparse {
  const starts = new Int32Array(count + 1);
  for (const j of indices) starts[j + 1] = (starts[j + 1] as number) + 1;
  for (let j = 0; j < count; j++) starts[j + 1] = (starts[j + 1] as number) + (starts[j] as number);
  const at = starts.slice();
  const out = { count, indptr: starts, indices: new Int32Array(indices.length), values: new Float32Array(values.length) };
  for (let i = 0; i < count; i++) {
    for (let e = indptr[i] as number; e < (indptr[i + 1] as number); e++) {
      const j = indices[e] as number;
      const to = at[j] as number;
      at[j] = to + 1;
      out.indices[to] = i;
      out.values[to] = values[e] as number;
    }
  }
  return out;
}

/** (A + Aᵀ) / 2n of a matrix and its transpose, both with ascending indices. */
function meanOf(a: Sparse, b: Sparse): Sparse {
  const { count } = a;
  const indptr = new Int32Array(count + 1);
  eachOfUnion(a, b, (i, _j, _value) => {
    indptr[i + 1] = (indptr[i + 1] as number) + 1;
  });
  for (let i = 0; i < count; i++) indptr[i + 1] = (indptr[i + 1] as number) + (indptr[i] as number);
  const size = indptr[count] as number;
  const out = { count, indptr, indices: new Int32Array(size), values: new Float32Array(size) };
  let at = 0;
  eachOfUnion(a, b, (_i, j, value) => {
    out.indices[at] = j;
    out.values[at++] = value / (2 * count);
  });
  return out;
}

/** Entries that one of two matrices has, in order, and the sum of both. */
function eachOfUnion(a: Sparse, b: Sparse, visit: (i: number, j: number, value: number) => void): void {
  for (let i = 0; i < a.count; i++) {
    let [p, q] = [a.indptr[i] as number, b.indptr[i] as number];
    const [pEnd, qEnd] = [a.indptr[i + 1] as number, b.indptr[i + 1] as number];
    while (p < pEnd || q < qEnd) {
      const fromA = p < pEnd ? (a.indices[p] as number) : Infinity;
      const fromB = q < qEnd ? (b.indices[q] as number) : Infinity;
      const j = Math.min(fromA, fromB);
      let value = 0;
      if (fromA === j) value += a.values[p++] as number;
      if (fromB === j) value += b.values[q++] as number;
      visit(i, j, value);
    }
  }
}
