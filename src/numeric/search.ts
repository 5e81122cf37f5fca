import type { Metric } from '../shared/spaceProtocol.ts';
import { distanceBetween, lengthsOf, told, type Vectors } from './distances.ts';
import { Ranked } from './nearest.ts';
import { type StepOptions, Steps } from './steps.ts';
import { type Usearch, usearch } from './usearch.ts';

/** Neighbours of one query, nearest first. */
export interface Found {
  indices: Int32Array;
  distances: Float32Array;
}

/** Candidates beyond k that usearch hands to double precision. */
const spare = 32;

/**
 * The k points nearest to `query` [dimensions], exactly, of equally near ones the lower index first. `k` above the count: all points.
 * With the library about a millisecond for 2 million numbers, in one turn of the event loop; bytes are searched by loops, and so is
 * everything without the library, in three to five times as long: these give way to other work now and then.
 */
export async function search(
  points: Vectors,
  query: Vectors['data'],
  k: number,
  metric: Metric,
  options: StepOptions = {},
): Promise<Found> {
  return await searchWith(await usearch(), points, query, k, metric, options);
}

export async function searchWith(
  library: Usearch | undefined,
  points: Vectors,
  query: Vectors['data'],
  k: number,
  metric: Metric,
  options: StepOptions = {},
): Promise<Found> {
  const most = Math.max(0, Math.min(k, points.count));
  if (most === 0) return { indices: new Int32Array(), distances: new Float32Array() };
  const found = library && withLibrary(library, points, query, most, metric);
  return foundOf(found ?? (await byLoops(points, query, most, metric, options)), metric);
}

/** As it is told. */
export function foundOf({ indices, distances }: Ranked, metric: Metric): Found {
  return { indices, distances: Float32Array.from(distances, (distance) => told(distance, metric)) };
}

/** Ranks some candidates. */
export function rank(points: Vectors, query: Vectors['data'], candidates: Iterable<number>, k: number, metric: Metric): Ranked {
  const result = new Ranked(1, k);
  const distance = distanceTo(points, query, metric);
  for (const candidate of candidates) result.offer(0, candidate, distance(candidate));
  return result;
}

/** Undefined where single precision cannot tell who is nearest. */
function withLibrary(library: Usearch, points: Vectors, query: Vectors['data'], k: number, metric: Metric): Ranked | undefined {
  const { data, count, dimensions } = points;
  if (!(data instanceof Float32Array && query instanceof Float32Array)) return undefined;
  const wanted = Math.min(count, k + spare);
  const { keys, distances } = library.exactSearch(data, query, dimensions, wanted, metric === 'cosine' ? 'cos' : 'l2sq', 0);
  if (keys.length < wanted || !distances.every(Number.isFinite)) return undefined;
  const ranked = rank(points, query, Array.from(keys, Number), k, metric);
  const last = distances[wanted - 1] as number;
  // Sums of `dimensions` positive numbers in some order; of the cosine, of numbers of either sign below 1.
  const error = (dimensions + 16) * 2 ** -24 * (metric === 'cosine' ? 1 : last);
  return wanted === count || ranked.farthest(0) < last - error ? ranked : undefined;
}

/** Numbers that are compared between two looks at the clock. */
const numbersAtOnce = 2 ** 22;

async function byLoops(points: Vectors, query: Vectors['data'], k: number, metric: Metric, options: StepOptions): Promise<Ranked> {
  const result = new Ranked(1, k);
  const steps = new Steps(options);
  const look = metric === 'cosine' ? cosineByLoops(points, query) : euclideanByLoops;
  const atOnce = Math.ceil(numbersAtOnce / points.dimensions);
  for (let from = 0; from < points.count; from += atOnce) {
    if (from > 0) await steps.at(from / points.count);
    look(points, query, { from, to: Math.min(points.count, from + atOnce) }, result);
  }
  return result;
}

/** Offers some of the points. */
type Look = (points: Vectors, query: Vectors['data'], some: { from: number; to: number }, result: Ranked) => void;

/** Dimensions after which a point may turn out to be too far. */
const stride = 64;

const euclideanByLoops: Look = ({ data, dimensions }, query, { from, to }, result) => {
  let farthest = result.farthest(0);
  for (let i = from, start = from * dimensions; i < to; i++, start += dimensions) {
    let sum = 0;
    for (let first = 0; first < dimensions && sum <= farthest; first += stride) {
      const end = Math.min(dimensions, first + stride);
      for (let t = first; t < end; t++) {
        const difference = (query[t] as number) - (data[start + t] as number);
        sum += difference * difference;
      }
    }
    if (sum > farthest) continue;
    result.offer(0, i, sum);
    farthest = result.farthest(0);
  }
};

/** The product of two vectors is quick and off by less than this; who may be near enough is then measured. */
const productError = 1e-9;

function cosineByLoops(points: Vectors, query: Vectors['data']): Look {
  const distance = distanceTo(points, query, 'cosine');
  const length = lengthsOf({ data: query, count: 1, dimensions: points.dimensions })[0] as number;
  return ({ data, dimensions }, _query, { from, to }, result) => {
    for (let i = from, at = from * dimensions; i < to; i++) {
      let [product, square] = [0, 0];
      for (let t = 0; t < dimensions; t++, at++) {
        const value = data[at] as number;
        product += value * (query[t] as number);
        square += value * value;
      }
      const zero = length === 0 || square === 0;
      if (zero || 1 - product / (length * Math.sqrt(square)) - productError <= result.farthest(0)) result.offer(0, i, distance(i));
    }
  };
}

function distanceTo(points: Vectors, query: Vectors['data'], metric: Metric): (point: number) => number {
  const { dimensions } = points;
  const from = { data: query, count: 1, dimensions };
  return (point) => {
    // One point alone: the lengths of all would be a search of their own.
    const to = { data: points.data.subarray(point * dimensions, (point + 1) * dimensions), count: 1, dimensions };
    return distanceBetween(from, to, metric)(0, 0);
  };
}
