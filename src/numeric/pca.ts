import { Random } from '../shared/random.ts';
import { largestEigen, orthonormalise } from './pcaEigen.ts';
import { products, type Vectors } from './pcaProducts.ts';
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

/** Size up to which a matrix of covariances, or of inner products of the points, is decomposed; larger ones are never made. */
const largestMatrix = 1024;
/** Variance, of the first component's, that is rounding and nothing else. */
const nothing = 1e-10;

/**
 * Principal components. Always as many as are asked for: where the points fill fewer directions the rest is 0. Exact but for rounding to
 * single precision, unless there are more than 1,024 points and dimensions: then from a Krylov space with a random start, in which
 * a larger one would not find another 1e-8 of their variance.
 * @throws RangeError if a coordinate is not finite
 * @see Musco, Musco, Randomized Block Krylov Methods for Stronger and Faster Approximate Singular Value Decomposition, NIPS 2015
 */
export function pca(points: Points, components: number, { seed = 0 }: { seed?: number } = {}): Pca {
  const { count, dimensions } = points;
  const mean = meanOf(points);
  const totalVariance = varianceOf(points, mean);
  const k = Math.min(components, count - 1, dimensions);
  const result: Pca = {
    scores: new Float32Array(count * components),
    variance: new Float64Array(components),
    totalVariance,
    components: new Float32Array(components * dimensions),
    mean,
  };
  if (k < 1 || totalVariance === 0) return result;
  const centred = new Centred(points, mean);
  const directions = dimensions <= Math.min(largestMatrix, count) ? fromCovariance(centred, k) : fromPoints(centred, k, seed);
  return project(centred, directions, result);
}

/** Points less their mean, as vectors by point and by dimension. */
class Centred {
  readonly count: number;
  readonly dimensions: number;
  readonly byPoint: Vectors;
  readonly byDimension: Vectors;

  constructor({ data, count, dimensions }: Points, values: Float64Array) {
    this.count = count;
    this.dimensions = dimensions;
    this.byPoint = { data, count, length: dimensions, vectorStride: dimensions, stride: 1, mean: { values, by: 'entry' } };
    this.byDimension = { data, count: dimensions, length: count, vectorStride: 1, stride: dimensions, mean: { values, by: 'vector' } };
  }
}

/** Rows of a matrix [count,length], and its columns. */
const rowsOf = (data: Float64Array, count: number, length: number): Vectors => ({ data, count, length, vectorStride: length, stride: 1 });
const columnsOf = (data: Float64Array, count: number, length: number): Vectors => ({
  data,
  count: length,
  length: count,
  vectorStride: 1,
  stride: length,
});

function fromCovariance({ byDimension, dimensions }: Centred, k: number): Float64Array {
  return largestEigen(products(byDimension), dimensions, k).vectors;
}

function fromPoints(centred: Centred, k: number, seed: number): Float64Array {
  return centred.count <= largestMatrix ? fromInnerProducts(centred, k) : fromKrylov(centred, k, seed);
}

/** Eigenvectors of X Xᵀ, led back to the space by Xᵀ. */
function fromInnerProducts({ byPoint, byDimension, count, dimensions }: Centred, k: number): Float64Array {
  const { values, vectors } = largestEigen(products(byPoint), count, k);
  const directions = products(rowsOf(vectors, k, count), byDimension);
  for (let j = 0; j < k; j++) {
    const direction = directions.subarray(j * dimensions, (j + 1) * dimensions);
    // Without length: points do not fill this direction.
    if (values[j]! <= nothing * values[0]!) direction.fill(0);
    else orthonormalise(directions, dimensions, j);
  }
  return directions;
}

/** Vectors that the space of the solution grows to at most, and by at a time: half of what is wanted, but not few. */
const widest = 512;
const leastBlock = 16;
/** Change of the variances found, relative to their sum, at which it has converged. */
const converged = 1e-8;

/** Rayleigh and Ritz in the space of a few random vectors, their images under XᵀX, the images of those, … */
function fromKrylov(centred: Centred, k: number, seed: number): Float64Array {
  const { count, dimensions } = centred;
  const block = Math.max(leastBlock, Math.ceil(k / 2));
  const most = Math.min(dimensions, count - 1, Math.max(widest, 3 * k));
  const random = Random.seeded(seed);
  const basis = new Float64Array(most * dimensions);
  const images = new Float64Array(most * dimensions);
  const rows = (data: Float64Array, from: number, to: number) => data.subarray(from * dimensions, to * dimensions);
  for (let i = 0; i < block * dimensions; i++) basis[i] = random.normals()[0];
  for (let from = 0, before = 0; ; from += block) {
    const to = Math.min(most, from + block);
    // Twice: what is nearly inside the space already loses most of its length, and its digits with it.
    for (let j = from; j < to; j++) for (const _ of [1, 2]) orthonormalise(basis, dimensions, j);
    images.set(imagesOf(centred, rows(basis, from, to)), from * dimensions);
    const within = products(rowsOf(basis, to, dimensions), rowsOf(images, to, dimensions));
    const { values, vectors } = largestEigen(within, to, Math.min(k, to));
    const found = values.reduce((sum, value) => sum + value, 0);
    if (to === most || (to > k && found - before <= converged * found)) return combine(vectors, rows(basis, 0, to), dimensions);
    before = found;
    basis.set(rows(images, from, Math.min(to, from + most - to)), to * dimensions);
  }
}

/** XᵀX v of each v. */
function imagesOf({ byPoint, byDimension, count, dimensions }: Centred, vectors: Float64Array): Float64Array {
  const several = vectors.length / dimensions;
  return products(columnsOf(products(byPoint, rowsOf(vectors, several, dimensions)), count, several), byDimension);
}

/** Sums of these vectors [width,length]. @param weights [rows,width] */
function combine(weights: Float64Array, vectors: Float64Array, length: number): Float64Array {
  const width = vectors.length / length;
  const result = new Float64Array((weights.length / width) * length);
  for (let at = 0; at < weights.length; at++) {
    const [from, to] = [(at % width) * length, Math.floor(at / width) * length];
    for (let t = 0; t < length; t++) result[to + t] = result[to + t]! + weights[at]! * vectors[from + t]!;
  }
  return result;
}

/** Scores and variances along directions [k,dimensions], into the result; signs are fixed. */
function project({ byPoint, count, dimensions }: Centred, directions: Float64Array, result: Pca): Pca {
  const [k, components] = [directions.length / dimensions, result.variance.length];
  const scores = products(byPoint, rowsOf(directions, k, dimensions));
  const variance = new Float64Array(k);
  for (let i = 0; i < count; i++) for (let j = 0; j < k; j++) variance[j] = variance[j]! + scores[i * k + j]! ** 2 / (count - 1);
  // Those that are nearly equal may have changed places.
  const order = Array.from(variance.keys()).sort((a, b) => variance[b]! - variance[a]!);
  for (const [to, from] of order.entries()) {
    if (variance[from]! <= nothing * variance[order[0]!]!) break;
    const direction = directions.subarray(from * dimensions, (from + 1) * dimensions);
    const sign = signOf(direction);
    result.variance[to] = variance[from]!;
    for (let t = 0; t < dimensions; t++) result.components[to * dimensions + t] = sign * direction[t]!;
    for (let i = 0; i < count; i++) result.scores[i * components + to] = sign * scores[i * k + from]!;
  }
  return result;
}

/** Of the entry that is largest in size, the first of equal ones. */
function signOf(direction: Float64Array): 1 | -1 {
  let largest = 0;
  for (let t = 1; t < direction.length; t++) if (Math.abs(direction[t]!) > Math.abs(direction[largest]!)) largest = t;
  return direction[largest]! < 0 ? -1 : 1;
}

function meanOf({ data, count, dimensions }: Points): Float64Array {
  const mean = new Float64Array(dimensions);
  for (let i = 0, at = 0; i < count; i++) for (let t = 0; t < dimensions; t++) mean[t] = mean[t]! + data[at++]! / count;
  return mean;
}

function varianceOf({ data, count, dimensions }: Points, mean: Float64Array): number {
  let sum = 0;
  for (let i = 0, at = 0; i < count; i++) for (let t = 0; t < dimensions; t++) sum += (data[at++]! - mean[t]!) ** 2;
  if (!Number.isFinite(sum)) throw new RangeError('coordinates of points are not finite');
  return count > 1 ? sum / (count - 1) : 0;
}
