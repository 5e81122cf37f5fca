import type { Metric } from '../shared/spaceProtocol.ts';
import { distanceBetween, lengthsOf } from './distances.ts';
import { Ranked } from './nearest.ts';
import { type GraphOptions, graphOf, nearestOf } from './neighbours.ts';
import type { NeighbourGraph, Points } from './points.ts';
import { type Found, foundOf, rank } from './search.ts';
import { type StepOptions, Steps } from './steps.ts';
import type { Usearch, UsearchIndex } from './usearch.ts';

/** As usearch's authors have them by default; the searches are wide because neighbours are shown to people. */
const settings = { quantization: 'f16', connectivity: 16, expansion_add: 128, expansion_search: 128, multi: false } as const;
/** Neighbours by which recall is told, and queries it is measured with. */
const recallOf = 10;
const recallQueries = 200;
/** Vectors that are added, or looked for, between two turns of the event loop: some 50 ms. */
const atOnce = 128;
/** Half precision ends at 65,504. */
const largestHalf = 6e4;

/**
 * Approximate neighbours in very many points: a hierarchical navigable small world graph in half precision, by usearch. What it finds is
 * ranked in double precision. Built once; then a query takes about a millisecond.
 * @see Malkov, Yashunin, Efficient and Robust Approximate Nearest Neighbor Search Using HNSW Graphs, TPAMI 2020
 */
export class ApproximateIndex {
  readonly #points: Points;
  readonly #metric: Metric;
  readonly #index: UsearchIndex;
  /** Euclidean distances: what brings all numbers to within 1. */
  readonly #scale: number;
  #recall = Number.NaN;

  private constructor(points: Points, metric: Metric, index: UsearchIndex) {
    this.#points = points;
    this.#metric = metric;
    this.#index = index;
    this.#scale = metric === 'euclidean' ? 1 / (largestOf(points.data) || 1) : 1;
  }

  /** `points`: one at least. */
  static async build(library: Usearch, points: Points, options: GraphOptions): Promise<ApproximateIndex> {
    const { metric } = options;
    const index = new library.Index({ ...settings, dimensions: points.dimensions, metric: metric === 'cosine' ? 'cos' : 'l2sq' });
    const built = new ApproximateIndex(points, metric, index);
    await built.#add(new Steps(options));
    built.#recall = await built.#measure(options);
    return built;
  }

  /** Share of the true 10 nearest neighbours that are found, of 200 of the points. */
  get recall(): number {
    return this.#recall;
  }

  /** As `searchWith`, of what the graph leads to. */
  search(query: Float32Array, k: number): Found {
    const { count } = this.#points;
    const { keys } = this.#index.search(this.#scaled(query), this.#wanted(k), 0);
    const found = Array.from(keys, Number).filter((key) => key < count);
    return foundOf(rank(this.#points, query, found, Math.min(k, found.length), this.#metric), this.#metric);
  }

  /** The k nearest of every point, itself left out; `k` is at most count − 1. */
  async graph(k: number, options: StepOptions): Promise<NeighbourGraph> {
    const { data, count, dimensions } = this.#points;
    const most = Math.max(0, Math.min(k, count - 1));
    const ranked = new Ranked(count, most);
    const distance = distanceBetween(this.#points, this.#points, this.#metric);
    const steps = new Steps(options);
    const wanted = this.#wanted(most);
    for (let from = 0; from < count && most > 0; from += atOnce) {
      const to = Math.min(count, from + atOnce);
      const { keys, counts } = this.#index.search(this.#scaled(data.subarray(from * dimensions, to * dimensions)), wanted, 0);
      for (let point = from; point < to; point++) {
        const start = (point - from) * wanted;
        // A search for one alone tells no counts.
        for (const key of keys.subarray(start, start + Number(counts?.[point - from] ?? keys.length))) {
          const index = Number(key);
          if (index !== point && index < count) ranked.offer(point, index, distance(point, index));
        }
        if (ranked.farthest(point) < Number.POSITIVE_INFINITY) continue;
        // The graph leads to too few: it has come apart.
        ranked.clear(point);
        for (let other = 0; other < count; other++) if (other !== point) ranked.offer(point, other, distance(point, other));
      }
      await steps.at(to / count);
    }
    return graphOf(ranked, this.#metric);
  }

  /** Candidates that are ranked for k neighbours. */
  #wanted(k: number): number {
    return Math.min(this.#points.count, k + (k >> 2) + recallOf);
  }

  async #add(steps: Steps): Promise<void> {
    const { data, count, dimensions } = this.#points;
    for (let from = 0; from < count; from += atOnce) {
      const to = Math.min(count, from + atOnce);
      const keys = BigUint64Array.from({ length: to - from }, (_, i) => BigInt(from + i));
      this.#index.add(keys, this.#scaled(data.subarray(from * dimensions, to * dimensions)), 0);
      await steps.at(to / count);
    }
  }

  /** Vectors, one or more, as they are kept. */
  #scaled(vectors: Float32Array): Float32Array {
    const { dimensions } = this.#points;
    if (this.#metric === 'euclidean') {
      return vectors.map((value) => Math.max(-largestHalf, Math.min(largestHalf, value * this.#scale)));
    }
    const lengths = lengthsOf({ data: vectors, count: vectors.length / dimensions, dimensions });
    return vectors.map((value, at) => value / (lengths[Math.floor(at / dimensions)] || 1));
  }

  async #measure(options: GraphOptions): Promise<number> {
    const { data, count, dimensions } = this.#points;
    const k = Math.min(recallOf, count - 1);
    if (k < 1) return 1;
    const queries = Math.min(recallQueries, count);
    const which = Array.from({ length: queries }, (_, i) => Math.floor((i * count) / queries));
    const vectors = which.map((i) => data.subarray(i * dimensions, (i + 1) * dimensions));
    const sample = { data: new Float32Array(queries * dimensions), count: queries, dimensions };
    for (const [i, vector] of vectors.entries()) sample.data.set(vector, i * dimensions);
    const { signal } = options;
    const exact = await nearestOf(sample, this.#points, k + 1, { metric: this.#metric, ...(signal && { signal }) });
    let hits = 0;
    which.forEach((point, i) => {
      const truth = exact.indices.subarray(i * (k + 1), (i + 1) * (k + 1)).filter((index) => index !== point);
      const found = new Set(this.search(vectors[i] as Float32Array, k + 1).indices);
      hits += truth.subarray(0, k).filter((index) => found.has(index)).length;
    });
    return hits / (queries * k);
  }
}

function largestOf(data: Float32Array): number {
  let largest = 0;
  for (const value of data) largest = Math.max(largest, Math.abs(value));
  return largest;
}
