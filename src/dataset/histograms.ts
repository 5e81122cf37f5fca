import { ModelError } from '../shared/errors.ts';
import { type Bins, Histogram } from './histogram.ts';

/** Bins an octave: each is at most 1/32 of its values wide. */
const perOctave = 32;
/** The first bits of a float32: sign, exponent and five of the mantissa. */
const codeShift = 18;
const codes = 1 << (32 - codeShift);
/** Sign and exponent. Those of 0, −0 and all that is smaller than 2^−126; those of infinities and NaN. */
const octaves = codes / perOctave;
const zeroOctaves: ReadonlySet<number> = new Set([0, octaves / 2]);
const notFinite: ReadonlySet<number> = new Set([octaves / 2 - 1, octaves - 1]);

/** Columns of a row of counts: of values whose octave has no columns yet, of 0, then those of each octave. */
const unknown = 0;
const zero = 1;
const firstOctave = 2;

/** What one image brings to each unit. */
export interface ImageSums {
  min: Float32Array;
  sum: Float64Array;
}

/**
 * Histograms of all units of a layer. A bin is what the first bits of a float32 have in common, so counting needs no logarithm;
 * octaves that no value lies in take no memory. Can be merged, in any order.
 */
export class Histograms {
  readonly units: number;
  /** In order of their columns. */
  readonly #octaves: number[] = [];
  readonly #column = new Uint16Array(codes);
  #width = firstOctave;
  /** [units,width]. */
  #counts: Uint32Array;
  #sorted: { bins: Bins; octaves: number } | undefined;

  constructor(units: number) {
    this.units = units;
    this.#counts = new Uint32Array(units * this.#width);
    for (const octave of zeroOctaves) this.#column.fill(zero, octave * perOctave, (octave + 1) * perOctave);
  }

  get bytes(): number {
    return this.#counts.byteLength;
  }

  /**
   * Counts one image's values [units,area]; `into` receives each unit's smallest value and sum. Index of the first unit that has a
   * value that is not finite: then nothing is counted. Else undefined.
   */
  add(values: Float32Array, into: ImageSums): number | undefined {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    const area = values.length / this.units;
    for (let unit = 0; unit < this.units; unit++) {
      const from = unit * area;
      this.#count(values, bits, from, from + area, unit, into);
      if (Number.isFinite(into.sum[unit] as number)) continue;
      this.#uncount(bits.subarray(0, from + area), area);
      return unit;
    }
    return undefined;
  }

  /** The innermost loop of collecting: no branch but for the smallest. */
  #count(values: Float32Array, bits: Uint32Array, from: number, to: number, unit: number, { min, sum }: ImageSums): void {
    const counts = this.#counts;
    const column = this.#column;
    const row = unit * this.#width;
    let total = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = from; i < to; i++) {
      const value = values[i] as number;
      if (value < least) least = value;
      total += value;
      const at = row + (column[(bits[i] as number) >>> codeShift] as number);
      counts[at] = (counts[at] as number) + 1;
    }
    min[unit] = least;
    sum[unit] = total;
    if ((counts[row + unknown] as number) > 0 && Number.isFinite(total)) this.#countUnknown(bits.subarray(from, to), unit);
  }

  /** Gives the octaves of a row that have none their columns. */
  #countUnknown(bits: Uint32Array, unit: number): void {
    const strange = bits.filter((b) => this.#column[b >>> codeShift] === unknown);
    for (const b of strange) this.#know(Math.floor((b >>> codeShift) / perOctave));
    const row = unit * this.#width;
    this.#counts[row + unknown] = 0;
    for (const b of strange) this.#bump(row + (this.#column[b >>> codeShift] as number), 1);
  }

  #uncount(bits: Uint32Array, area: number): void {
    for (let i = 0; i < bits.length; i++) {
      this.#bump(Math.floor(i / area) * this.#width + (this.#column[(bits[i] as number) >>> codeShift] as number), -1);
    }
  }

  #bump(at: number, by: number): void {
    this.#counts[at] = (this.#counts[at] as number) + by;
  }

  /** Columns for an octave, at the end of each row. */
  #know(octave: number): void {
    if (this.#column[octave * perOctave] !== unknown) return;
    const start = firstOctave + this.#octaves.length * perOctave;
    for (let i = 0; i < perOctave; i++) this.#column[octave * perOctave + i] = start + i;
    this.#octaves.push(octave);
    if (start + perOctave <= this.#width) return;
    const width = Math.max(start + perOctave, firstOctave + Math.ceil(this.#octaves.length * 1.5) * perOctave);
    const counts = new Uint32Array(this.units * width);
    for (let u = 0; u < this.units; u++) counts.set(this.#counts.subarray(u * this.#width, (u + 1) * this.#width), u * width);
    this.#counts = counts;
    this.#width = width;
  }

  /** Takes in what another one counted of the same units. */
  merge(other: Histograms): void {
    for (const octave of other.#octaves) this.#know(octave);
    this.#take(other, zero, zero, 1);
    for (const [i, octave] of other.#octaves.entries()) {
      this.#take(other, firstOctave + i * perOctave, this.#column[octave * perOctave] as number, perOctave);
    }
  }

  /** Adds `count` columns of all units, from one column on there to one here. */
  #take(other: Histograms, from: number, to: number, count: number): void {
    const [mine, theirs] = [this.#counts, other.#counts];
    for (let unit = 0; unit < this.units; unit++) {
      const [here, there] = [unit * this.#width + to, unit * other.#width + from];
      for (let i = 0; i < count; i++) mine[here + i] = (mine[here + i] as number) + (theirs[there + i] as number);
    }
  }

  /** Of one unit. `about`: its cells, smallest and largest value. */
  unit(unit: number, about: { min: number; max: number; total: number }): Histogram {
    // A count that ran over would be a wrong one.
    if (about.total >= 2 ** 32) throw new ModelError('unsupported', 'More than 4 billion cells of a unit cannot be counted.');
    return new Histogram(this.#bins(), this.#counts.subarray(unit * this.#width, (unit + 1) * this.#width), about);
  }

  #bins(): Bins {
    if (this.#sorted?.octaves === this.#octaves.length) return this.#sorted.bins;
    const all = [{ low: 0, high: 0, column: zero }];
    for (const octave of this.#octaves) {
      for (let i = 0; i < perOctave; i++) {
        const code = octave * perOctave + i;
        const [a, b] = [valueAt(code), valueAt(code + 1)];
        all.push({ low: Math.min(a, b), high: Math.max(a, b), column: this.#column[code] as number });
      }
    }
    all.sort((a, b) => a.low - b.low || a.high - b.high);
    const bins = {
      low: Float64Array.from(all, (bin) => bin.low),
      high: Float64Array.from(all, (bin) => bin.high),
      column: Uint32Array.from(all, (bin) => bin.column),
    };
    this.#sorted = { bins, octaves: this.#octaves.length };
    return bins;
  }

  /** For a file: the octaves, and counts [units, 1 + 32·octaves] of 0 and of each bin of each octave. */
  pack(): { octaves: Uint16Array; counts: Uint32Array } {
    const used = firstOctave + this.#octaves.length * perOctave;
    const counts = new Uint32Array(this.units * (used - zero));
    for (let u = 0; u < this.units; u++) {
      counts.set(this.#counts.subarray(u * this.#width + zero, u * this.#width + used), u * (used - zero));
    }
    return { octaves: Uint16Array.from(this.#octaves), counts };
  }

  /** Undefined where the numbers are none that `pack` makes. */
  static unpack(units: number, { octaves: known, counts }: { octaves: Uint16Array; counts: Uint32Array }): Histograms | undefined {
    const row = 1 + known.length * perOctave;
    const valid = known.every((o) => o < octaves && !zeroOctaves.has(o) && !notFinite.has(o)) && new Set(known).size === known.length;
    if (!valid || counts.length !== units * row) return undefined;
    const made = new Histograms(units);
    for (const octave of known) made.#know(octave);
    for (let u = 0; u < units; u++) made.#counts.set(counts.subarray(u * row, (u + 1) * row), u * made.#width + zero);
    return made;
  }
}

/** The float32 whose first bits are `code`, the others 0. That behind the largest finite one is infinite: it ends at the largest. */
function valueAt(code: number): number {
  const value = new Float32Array(Uint32Array.of((code << codeShift) >>> 0).buffer)[0] as number;
  return Number.isFinite(value) ? value : Math.sign(value) * 3.4028234663852886e38;
}
