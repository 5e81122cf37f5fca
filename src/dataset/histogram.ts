/** Bins of one unit's values in ascending order; shared by all units of a layer. */
export interface Bins {
  /** Ends of each bin. Above 0 a bin holds its lower end, below 0 its upper end; that of 0 has no width. */
  low: Float64Array;
  high: Float64Array;
  /** Place of each bin's count in a unit's row of counts. */
  column: Uint32Array;
}

/** How the values of one unit are distributed, counted in bins of constant relative width: 32 an octave, and one for 0. */
export class Histogram {
  /** Cells counted. */
  readonly total: number;
  readonly min: number;
  readonly max: number;
  readonly #bins: Bins;
  readonly #counts: Uint32Array;

  /** @param counts by `Bins.column` */
  constructor(bins: Bins, counts: Uint32Array, { min, max, total }: { min: number; max: number; total: number }) {
    this.#bins = bins;
    this.#counts = counts;
    this.min = min;
    this.max = max;
    this.total = total;
  }

  /** Value that `share` of all cells exceed, interpolated inside its bin. `error`: what the cells themselves say is no further off. */
  quantile(share: number): { value: number; error: number } {
    let left = share * this.total;
    for (let i = this.#bins.column.length - 1; i >= 0; i--) {
      const count = this.#count(i);
      if (count === 0) continue;
      if (left <= count) {
        const [low, high] = this.#ends(i);
        const value = high - (high - low) * (left / count);
        return { value, error: Math.max(high - value, value - low) };
      }
      left -= count;
    }
    return { value: this.min, error: 0 };
  }

  /** Cells above a value. Exact at 0 and, below 0, at ends of bins (−1, −2, −3, …); else interpolated inside its bin. */
  countAbove(value: number): number {
    const { low, high } = this.#bins;
    let sum = 0;
    for (let i = high.length - 1; i >= 0 && (high[i] as number) > value; i--) {
      const count = this.#count(i);
      if ((low[i] as number) > value) sum += count;
      else if (count > 0) sum += count * partAbove(...this.#ends(i), value);
    }
    return sum;
  }

  /** Cells at the upper end of a range, or in the bin that ends there: asymptotes and means of it are not met exactly. */
  countAtEnd(end: number): number {
    const { high } = this.#bins;
    let sum = 0;
    for (let i = high.length - 1; i >= 0 && (high[i] as number) >= end; i--) sum += this.#count(i);
    return sum;
  }

  /** The same in `bins` equal bins from min to max, one where these are the same: `counts[i]` cells in [edges[i], edges[i+1]). */
  linear(bins: number): { edges: Float32Array; counts: Float64Array } {
    const spread = this.max - this.min;
    const many = spread > 0 ? bins : 1;
    const edges = Float32Array.from({ length: many + 1 }, (_, i) => this.min + (spread * i) / many);
    const counts = new Float64Array(many);
    const place = (value: number) => (spread > 0 ? ((value - this.min) / spread) * many : 0);
    for (let i = 0; i < this.#bins.column.length; i++) {
      const count = this.#count(i);
      if (count > 0) spreadOver(counts, count, ...(this.#ends(i).map(place) as [number, number]));
    }
    return { edges, counts };
  }

  #count(bin: number): number {
    return this.#counts[this.#bins.column[bin] as number] as number;
  }

  /** Of a bin, as far as there are values. */
  #ends(bin: number): [number, number] {
    return [Math.max(this.#bins.low[bin] as number, this.min), Math.min(this.#bins.high[bin] as number, this.max)];
  }
}

/** Part of [low, high] that lies above a value. */
function partAbove(low: number, high: number, value: number): number {
  if (low > value) return 1;
  return high > value ? (high - value) / (high - low) : 0;
}

/** Adds `count` evenly between two places, in units of the bins of `counts`. */
function spreadOver(counts: Float64Array, count: number, from: number, to: number): void {
  const last = counts.length - 1;
  const first = Math.min(last, Math.floor(from));
  if (to <= from) {
    counts[first] = (counts[first] as number) + count;
    return;
  }
  for (let i = first; i <= last && i < to; i++) {
    const part = (Math.min(i + 1, to) - Math.max(i, from)) / (to - from);
    counts[i] = (counts[i] as number) + count * part;
  }
}
