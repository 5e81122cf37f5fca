import { products } from './pcaProducts.ts';
import type { Points } from './points.ts';

/**
 * How alike the points of one space and the same points of another are: linear centred kernel alignment, 1 where one is the other but for
 * rotation, shift and scale, around 0 where they have nothing to do with each other. From Gram matrices with the unbiased estimator of the
 * Hilbert–Schmidt independence criterion: the plain one says that any two spaces of more dimensions than points are alike.
 * @see Kornblith, Norouzi, Lee, Hinton, Similarity of Neural Network Representations Revisited, ICML 2019, equation 4
 * @see Song, Smola, Gretton, Bedo, Borgwardt, Feature Selection via Dependence Maximization, JMLR 2012, equation 5
 * @see Nguyen, Raghu, Kornblith, Do Wide and Deep Networks Learn the Same Things?, ICLR 2021, equation 3: the two together
 */
export interface CentredGram {
  count: number;
  /** Above the diagonal, row by row, [count · (count − 1) / 2]: U-centred inner products. */
  values: Float64Array | Float32Array | Int16Array;
}

/** From so many points on the unbiased estimator exists. */
export const fewestForCka = 4;

/** Inner products of points, U-centred. */
export function centredGram({ data, count, dimensions }: Points): CentredGram {
  const mean = new Float64Array(dimensions);
  for (let i = 0, at = 0; i < count; i++) for (let t = 0; t < dimensions; t++) mean[t] = mean[t]! + data[at++]! / count;
  // About their mean, so that rounding is relative to what differs between them; U-centring takes any shift off anyway.
  const inner = products({ data, count, length: dimensions, vectorStride: dimensions, stride: 1, mean: { values: mean, by: 'entry' } });
  const values = new Float64Array((count * (count - 1)) / 2);
  if (isFlat(data, inner, count)) return { count, values };
  for (let i = 0, at = 0; i < count; i++) for (let j = i + 1; j < count; j++) values[at++] = inner[i * count + j]!;
  return uCentred(count, values);
}

/** Points that are all the same differ from their mean by its rounding, which is alike for all. */
function isFlat(data: Float32Array, inner: Float64Array, count: number): boolean {
  let [square, variance] = [0, 0];
  for (const value of data) square += value * value;
  for (let i = 0; i < count; i++) variance += inner[i * count + i]!;
  return !(variance > 1e-12 * square);
}

/** The same of some of the points, ascending. What U-centring took off all of them is taken off once more with the rest. */
export function gramOf({ count, values }: CentredGram, which: readonly number[]): CentredGram {
  const some = new Float64Array((which.length * (which.length - 1)) / 2);
  let at = 0;
  for (const [k, i] of which.entries()) for (const j of which.slice(k + 1)) some[at++] = values[place(count, i, j)]!;
  return uCentred(which.length, some);
}

/** Of i < j. */
function place(count: number, i: number, j: number): number {
  return i * count - (i * (i + 1)) / 2 + j - i - 1;
}

/**
 * Takes off each entry what its row and column have in common, the diagonal left out.
 * @see Székely, Rizzo, Partial distance correlation with methods for dissimilarities, Annals of Statistics 2014, definition 2
 */
function uCentred(count: number, values: Float64Array): CentredGram {
  const sums = new Float64Array(count);
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++, at++) {
      sums[i] = sums[i]! + values[at]!;
      sums[j] = sums[j]! + values[at]!;
    }
  }
  const total = sums.reduce((a, b) => a + b, 0) / ((count - 1) * (count - 2));
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++, at++) values[at] = values[at]! - (sums[i]! + sums[j]!) / (count - 2) + total;
  }
  return { count, values };
}

/** −1 … 1; NaN where the points of one are all the same, or fewer than four. Both are of the same points in the same order. */
export function linearCka(a: CentredGram, b: CentredGram): number {
  if (a.count < fewestForCka) return Number.NaN;
  const [both, own, other] = [inner(a, b), inner(a, a), inner(b, b)];
  return own > 0 && other > 0 ? both / Math.sqrt(own * other) : Number.NaN;
}

function inner({ values: a }: CentredGram, { values: b }: CentredGram): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}
