import type { Metric } from '../shared/spaceProtocol.ts';
import { DistanceKernel, type Placed, panel, type Range, tileBytes, tileRows } from './distanceKernel.ts';
import { lengthsOf, type Vectors } from './distances.ts';

/** Rows that are compared with a panel before the next one: they stay in the second level of cache. */
const blockBytes = 2 ** 18;
/** Panels that are compared before what was found is looked at. */
const panelsAtOnce = 32;

/** How vectors are brought to where their squared Euclidean distances order them as the metric does, in the range of single precision. */
export interface Shift {
  metric: Metric;
  /** Subtracted from each vector, so that rounding is relative to what differs between them; [dimensions]. */
  mean: Float64Array;
  /** What they are multiplied by then: the longest is of length 1. */
  scale: number;
}

/** Euclidean: about their mean. Cosine: each at length 1. */
export function shiftOf({ data, count, dimensions }: Vectors, metric: Metric): Shift {
  const mean = new Float64Array(dimensions);
  if (metric === 'cosine') return { metric, mean, scale: 1 };
  for (let i = 0, at = 0; i < count; i++) for (let t = 0; t < dimensions; t++) mean[t] = (mean[t] as number) + (data[at++] as number);
  for (let t = 0; t < dimensions; t++) mean[t] = (mean[t] as number) / count;
  let longest = 0;
  for (let i = 0, at = 0; i < count; i++) {
    let sum = 0;
    for (let t = 0; t < dimensions; t++) sum += ((data[at++] as number) - (mean[t] as number)) ** 2;
    if (sum > longest) longest = sum;
  }
  return { metric, mean, scale: longest === 0 ? 1 : 1 / Math.sqrt(longest) };
}

/** Rows of vectors in the memory of a kernel. */
export interface Laid extends Placed {
  /** Vectors; in the kernel's memory there are `padded`, the last ones infinitely far. */
  count: number;
  padded: number;
}

/** Called for each pair whose distance may be below a bound. */
export type Pair = (row: number, column: number, squared: number) => void;

/** Vectors compared with vectors by `DistanceKernel`, in an order that keeps its caches warm. */
export class Panels {
  readonly #kernel: DistanceKernel;
  readonly #floats: Float32Array;
  readonly #integers: Int32Array;
  readonly #dimensions: number;
  readonly #out: number;
  #free = 0;

  /** Room for `vectors` of so many dimensions. Throws ModelError('engine') where memory does not suffice. */
  constructor(vectors: number, dimensions: number) {
    this.#dimensions = dimensions;
    const blocks = (this.blockRows / tileRows) * panelsAtOnce * tileBytes;
    this.#out = (vectors + 2 * panel) * (dimensions + 2) * Float32Array.BYTES_PER_ELEMENT;
    this.#kernel = new DistanceKernel(this.#out + blocks);
    this.#floats = new Float32Array(this.#kernel.memory);
    this.#integers = new Int32Array(this.#kernel.memory);
  }

  /** Rows of a block, a multiple of a panel. */
  get blockRows(): number {
    const fitting = Math.floor(blockBytes / (4 * this.#dimensions));
    return Math.max(panel, Math.min(512, fitting - (fitting % panel)));
  }

  /** Copies the vectors `which` (all) into memory, behind those that are there; their bounds are infinite. */
  lay({ data, count: all, dimensions }: Vectors, { metric, mean, scale }: Shift, which?: Int32Array): Laid {
    const count = which?.length ?? all;
    const padded = Math.ceil(count / panel) * panel;
    const laid = { ...this.#place(padded), count, padded };
    const lengths = metric === 'cosine' ? lengthsOf({ data, count: all, dimensions }) : undefined;
    const norms = this.norms(laid).fill(Number.POSITIVE_INFINITY);
    this.bounds(laid).fill(Number.POSITIVE_INFINITY);
    for (let i = 0; i < count; i++) {
      const vector = which?.[i] ?? i;
      const length = lengths?.[vector] ?? 1;
      const factor = length === 0 ? 0 : scale / length;
      let to = laid.vectors / 4 + (i - (i % panel)) * dimensions + (i % panel);
      let norm = 0;
      for (let t = 0; t < dimensions; t++, to += panel) {
        const value = Math.fround(((data[vector * dimensions + t] as number) - (mean[t] as number)) * factor);
        this.#floats[to] = value;
        norm += value * value;
      }
      // At length 1 a cosine distance of 1 is a squared one of 2: that is how far zeros are.
      norms[i] = length === 0 ? 1 : norm;
    }
    return laid;
  }

  #place(padded: number): Placed {
    const vectors = this.#free;
    const norms = vectors + padded * this.#dimensions * 4;
    const bounds = norms + padded * 4;
    this.#free = bounds + padded * 4;
    return { vectors, norms, bounds };
  }

  #view(at: number, length: number): Float32Array {
    return this.#floats.subarray(at / 4, at / 4 + length);
  }

  /** Squared norms [padded]. */
  norms(laid: Laid): Float32Array {
    return this.#view(laid.norms, laid.padded);
  }

  /** Distances from which on a pair is of no interest for its row or column [padded]: the caller lowers them as it learns. */
  bounds(laid: Laid): Float32Array {
    return this.#view(laid.bounds, laid.padded);
  }

  /** Frees the memory of what was laid last. */
  free(laid: Laid): void {
    this.#free = laid.vectors;
  }

  /** Compares rows `block` with the columns from the one numbered `first` (a multiple of a panel) on. */
  compare(rows: Laid, block: Range, columns: Laid, first: number, pair: Pair): void {
    const fours = { from: block.from / tileRows, to: Math.ceil(block.to / tileRows) };
    const end = columns.padded / panel;
    for (let from = first / panel; from < end; from += panelsAtOnce) {
      const panels = { from, to: Math.min(end, from + panelsAtOnce) };
      this.#report(this.#kernel.tiles(rows, fours, columns, panels, { dimensions: this.#dimensions, out: this.#out }), pair);
    }
  }

  #report(bytes: number, pair: Pair): void {
    const [floats, integers] = [this.#floats, this.#integers];
    const end = (this.#out + bytes) / 4;
    for (let tile = this.#out / 4; tile < end; tile += tileBytes / 4) {
      const [row, column] = [integers[tile] as number, integers[tile + 1] as number];
      let at = tile + 2;
      for (let r = 0; r < tileRows; r++) {
        for (let c = 0; c < panel; c++) pair(row + r, column + c, floats[at++] as number);
      }
    }
  }
}
