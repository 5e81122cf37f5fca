import type { Metric } from '../shared/spaceProtocol.ts';
import { distanceBetween, told, type Vectors } from './distances.ts';
import { distinct } from './distinct.ts';
import { NearestHeaps, Ranked } from './nearest.ts';
import { type Laid, Panels, shiftOf } from './panels.ts';
import type { NeighbourGraph } from './points.ts';
import { type StepOptions, Steps } from './steps.ts';

export interface GraphOptions extends StepOptions {
  metric: Metric;
}

/** Candidates beyond k that single precision hands to double precision. */
const spare = 8;
/** Bytes of candidates in the kernel's memory at a time, where others than themselves look for neighbours among them. */
const candidateBytes = 2 ** 26;
/** Of a smaller share of rows that rounding leaves open all distances are computed in double precision. */
const fewRows = 1 / 20;

/**
 * The k nearest neighbours of every point, exactly; `k` is at most count − 1. Each pair is compared once, in single precision; the
 * nearest are ranked in double precision, and where rounding may have left one out, all within its error. Gives way to other work of
 * its thread now and then.
 */
export async function nearestNeighbours(points: Vectors, k: number, options: GraphOptions): Promise<NeighbourGraph> {
  const most = Math.max(0, Math.min(k, points.count - 1));
  if (most === 0) return graphOf(new Ranked(points.count, 0), options.metric);
  const { first, spread } = distinct(points);
  const ofFirst = await ranked(new Themselves(points, first, options), Math.min(most, first.length - 1));
  return graphOf(first.length === points.count ? ofFirst : spread(ofFirst, most), options.metric);
}

/** The k nearest of `candidates` to each of `queries`, vectors of the same space, exactly; `k` is at most the number of candidates. */
export async function nearestOf(queries: Vectors, candidates: Vectors, k: number, options: GraphOptions): Promise<NeighbourGraph> {
  const most = Math.min(k, candidates.count);
  if (most === 0 || queries.count === 0) return graphOf(new Ranked(queries.count, most), options.metric);
  return graphOf(await ranked(new Candidates(queries, candidates, options), most), options.metric);
}

/** As it is told. */
export function graphOf({ k, indices, distances }: Ranked, metric: Metric): NeighbourGraph {
  const lengths = new Float32Array(distances.length);
  for (let i = 0; i < lengths.length; i++) lengths[i] = told(distances[i] as number, metric);
  return { k, indices, distances: lengths };
}

/** Pairs of rows and candidates. Numbers of candidates are those of the vectors they are told by. */
interface Field {
  rows: number;
  candidates: number;
  /** Calls for each pair whose squared distance may be below the row's bound; candidates of a row come once. */
  sweep(pair: (row: number, candidate: number, squared: number) => void): Promise<void>;
  /** Of squared distances in the sweep [rows]; infinite at first. */
  bounds: Float32Array;
  /** How far the sweep's squared distances of a row may be off. */
  error(row: number): number;
  /** In double precision, as they are ranked. */
  distance(row: number, candidate: number): number;
  /** Of a distance as it is ranked: squared, as the sweep has it. */
  squared(distance: number): number;
  others(row: number): Iterable<number>;
  steps: Steps;
}

/** What the sweep is of the whole, for progress. */
const sweepShare = 0.9;

async function ranked(field: Field, k: number): Promise<Ranked> {
  const result = new Ranked(field.rows, k);
  if (k === 0) return result;
  const heaps = new NearestHeaps(field.rows, Math.min(field.candidates, k + spare + (k >> 4)));
  const { bounds } = field;
  await field.sweep((row, candidate, squared) => {
    if (squared < (bounds[row] as number)) bounds[row] = heaps.take(row, candidate, squared);
  });
  const open: number[] = [];
  for (let row = 0; row < field.rows; row++) {
    if (row % 64 === 0) await field.steps.at(sweepShare + ((1 - sweepShare) * row) / field.rows);
    for (let at = row * heaps.k; at < (row + 1) * heaps.k; at++) {
      const candidate = heaps.indices[at] as number;
      if (candidate >= 0) result.offer(row, candidate, field.distance(row, candidate));
    }
    const left = heaps.bound(row);
    bounds[row] = Number.NEGATIVE_INFINITY;
    if (left === Number.POSITIVE_INFINITY) rankAll(field, row, result);
    else if (heaps.k < field.candidates) {
      const reach = field.squared(result.farthest(row)) + field.error(row);
      if (reach < left) continue;
      open.push(row);
      bounds[row] = reach * (1 + 2 ** -20);
    }
  }
  await rankAgain(field, open, result);
  return result;
}

/** All of a row: its distances may be beyond single precision. */
function rankAll(field: Field, row: number, result: Ranked): void {
  result.clear(row);
  for (const candidate of field.others(row)) result.offer(row, candidate, field.distance(row, candidate));
}

/** The rows that a candidate may be missing from: all within the error are ranked. */
async function rankAgain(field: Field, open: readonly number[], result: Ranked): Promise<void> {
  if (open.length === 0) return;
  if (open.length < fewRows * field.rows) {
    for (const row of open) {
      rankAll(field, row, result);
      await field.steps.at(1);
    }
    return;
  }
  for (const row of open) result.clear(row);
  const { bounds } = field;
  await field.sweep((row, candidate, squared) => {
    if (squared < (bounds[row] as number)) result.offer(row, candidate, field.distance(row, candidate));
  });
}

/**
 * How far a squared distance is off: coordinates are rounded, the product is summed in some order (its error at most d·u·|a||b|, Higham
 * 2002, section 3.1), the norms are added.
 */
export function roundingError(dimensions: number, norm: number, largest: number): number {
  return (dimensions / 2 + 8) * 2 ** -24 * (Math.sqrt(norm) + Math.sqrt(largest)) ** 2;
}

/** Different vectors that look for neighbours among themselves. */
class Themselves implements Field {
  readonly rows: number;
  readonly candidates: number;
  readonly bounds: Float32Array;
  readonly distance: Field['distance'];
  readonly squared: Field['squared'];
  readonly error: Field['error'];
  readonly #which: Int32Array;
  readonly #panels: Panels;
  readonly #laid: Laid;
  readonly steps: Steps;

  /** `which`: their numbers among the points. */
  constructor(points: Vectors, which: Int32Array, options: GraphOptions) {
    this.#which = which;
    this.rows = which.length;
    this.candidates = which.length - 1;
    this.steps = new Steps(options);
    const shift = shiftOf(points, options.metric);
    this.#panels = new Panels(which.length, points.dimensions);
    this.#laid = this.#panels.lay(points, shift, which);
    this.bounds = this.#panels.bounds(this.#laid);
    const norms = this.#panels.norms(this.#laid);
    const largest = norms.subarray(0, this.rows).reduce((a, b) => Math.max(a, b), 0);
    const exact = distanceBetween(points, points, options.metric);
    this.distance = (row, candidate) => exact(which[row] as number, candidate);
    this.squared = squaredOf(options.metric, shift.scale);
    this.error = (row) => roundingError(points.dimensions, norms[row] as number, largest);
  }

  async sweep(pair: (row: number, candidate: number, squared: number) => void): Promise<void> {
    const [which, laid, { blockRows }] = [this.#which, this.#laid, this.#panels];
    for (let from = 0; from < this.rows; from += blockRows) {
      const block = { from, to: Math.min(laid.padded, from + blockRows) };
      this.#panels.compare(laid, block, laid, from, (row, column, squared) => {
        // In the block itself each pair is met twice.
        if (column <= row) return;
        pair(row, which[column] as number, squared);
        pair(column, which[row] as number, squared);
      });
      await this.steps.at(sweepShare * (1 - ((this.rows - from) / this.rows) ** 2));
    }
  }

  *others(row: number): Iterable<number> {
    for (const candidate of this.#which) if (candidate !== this.#which[row]) yield candidate;
  }
}

/** Vectors that look for neighbours among others. */
class Candidates implements Field {
  readonly rows: number;
  readonly candidates: number;
  readonly bounds: Float32Array;
  readonly distance: Field['distance'];
  readonly squared: Field['squared'];
  readonly error: Field['error'];
  readonly #of: Vectors;
  readonly #atOnce: number;
  readonly #lay: (chunk: Vectors) => Laid;
  readonly #panels: Panels;
  readonly #queries: Laid;
  readonly steps: Steps;

  constructor(queries: Vectors, candidates: Vectors, options: GraphOptions) {
    const { dimensions } = candidates;
    this.rows = queries.count;
    this.candidates = candidates.count;
    this.#of = candidates;
    this.steps = new Steps(options);
    this.#atOnce = Math.min(candidates.count, Math.max(1024, Math.floor(candidateBytes / (4 * dimensions))));
    const shift = shiftOf(candidates, options.metric);
    this.#panels = new Panels(queries.count + this.#atOnce, dimensions);
    this.#queries = this.#panels.lay(queries, shift);
    this.#lay = (chunk) => this.#panels.lay(chunk, shift);
    this.bounds = this.#panels.bounds(this.#queries);
    const norms = this.#panels.norms(this.#queries);
    this.distance = distanceBetween(queries, candidates, options.metric);
    this.squared = squaredOf(options.metric, shift.scale);
    // The shift makes the longest candidate as long as 1.
    this.error = (row) => roundingError(dimensions, norms[row] as number, 1);
  }

  async sweep(pair: (row: number, candidate: number, squared: number) => void): Promise<void> {
    const { data, dimensions } = this.#of;
    const { blockRows } = this.#panels;
    for (let first = 0; first < this.candidates; first += this.#atOnce) {
      const count = Math.min(this.#atOnce, this.candidates - first);
      const laid = this.#lay({ data: data.subarray(first * dimensions, (first + count) * dimensions), count, dimensions });
      // Candidates have no bounds: what is asked is who is near a query.
      this.#panels.bounds(laid).fill(Number.NEGATIVE_INFINITY);
      for (let from = 0; from < this.rows; from += blockRows) {
        const block = { from, to: Math.min(this.#queries.padded, from + blockRows) };
        this.#panels.compare(this.#queries, block, laid, 0, (row, column, squared) => {
          if (row < this.rows) pair(row, first + column, squared);
        });
        await this.steps.at((sweepShare * (first + (count * from) / this.rows)) / this.candidates);
      }
      this.#panels.free(laid);
    }
  }

  *others(): Iterable<number> {
    for (let candidate = 0; candidate < this.candidates; candidate++) yield candidate;
  }
}

function squaredOf(metric: Metric, scale: number): Field['squared'] {
  return metric === 'cosine' ? (distance) => 2 * distance : (distance) => distance * scale * scale;
}
