import type { TopEntry } from './collection.ts';

/** Entries kept of each unit. */
export const topCount = 100;

/**
 * The strongest images of every unit of a layer, at most `topCount`, one entry an image. Can be merged, in any order: equal values
 * go by the images' hashes, whichever came first.
 */
export class TopActivations {
  readonly units: number;
  /** Of the images that entries name by their index; may grow. */
  readonly #hashes: readonly string[];
  /** Entries of each unit, and of all units their entries [units,topCount], strongest first. */
  readonly #counts: Uint16Array;
  readonly #values: Float32Array;
  readonly #images: Uint32Array;
  readonly #at: Uint32Array;

  constructor(units: number, hashes: readonly string[]) {
    this.units = units;
    this.#hashes = hashes;
    this.#counts = new Uint16Array(units);
    this.#values = new Float32Array(units * topCount);
    this.#images = new Uint32Array(units * topCount);
    this.#at = new Uint32Array(units * topCount);
  }

  get bytes(): number {
    return this.#values.byteLength * 3;
  }

  /** One image's largest value [units] of each unit, and the cell of each. */
  add(image: number, values: Float32Array, at: ArrayLike<number | bigint>): void {
    for (let unit = 0; unit < this.units; unit++) this.#insert(unit, values[unit] as number, image, Number(at[unit]));
  }

  /** Takes in another one's entries. `images`: index here of each image there. */
  merge(other: TopActivations, images: ArrayLike<number>): void {
    for (let unit = 0; unit < this.units; unit++) {
      for (let i = unit * topCount, end = i + (other.#counts[unit] as number); i < end; i++) {
        // They come strongest first: when one does not get in, a weaker one does not.
        if (!this.#insert(unit, other.#values[i] as number, images[other.#images[i] as number] as number, other.#at[i] as number)) break;
      }
    }
  }

  of(unit: number): TopEntry[] {
    return Array.from({ length: this.#counts[unit] as number }, (_, k) => {
      const i = unit * topCount + k;
      return { value: this.#values[i] as number, image: this.#images[i] as number, at: this.#at[i] as number };
    });
  }

  /** Whether it is strong enough. */
  #insert(unit: number, value: number, image: number, at: number): boolean {
    const start = unit * topCount;
    const count = this.#counts[unit] as number;
    let end = start + count;
    if (count === topCount) {
      if (!this.#before(value, image, end - 1)) return false;
      end--;
    } else this.#counts[unit] = count + 1;
    const place = this.#place(value, image, start, end);
    for (const list of [this.#values, this.#images, this.#at]) list.copyWithin(place + 1, place, end);
    this.#values[place] = value;
    this.#images[place] = image;
    this.#at[place] = at;
    return true;
  }

  /** First of the entries `start` to `end` that comes behind the new one; else `end`. */
  #place(value: number, image: number, start: number, end: number): number {
    let low = start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#before(value, image, middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #before(value: number, image: number, entry: number): boolean {
    const other = this.#values[entry] as number;
    return value > other || (value === other && (this.#hashes[image] as string) < (this.#hashes[this.#images[entry] as number] as string));
  }

  /** For a file: entries of each unit, and all entries one unit after the other. */
  pack(): { counts: Uint16Array; values: Float32Array; images: Uint32Array; at: Uint32Array } {
    const total = this.#counts.reduce((sum, n) => sum + n, 0);
    const packed = {
      counts: this.#counts.slice(),
      values: new Float32Array(total),
      images: new Uint32Array(total),
      at: new Uint32Array(total),
    };
    let to = 0;
    this.#counts.forEach((count, unit) => {
      const [from, end] = [unit * topCount, unit * topCount + count];
      packed.values.set(this.#values.subarray(from, end), to);
      packed.images.set(this.#images.subarray(from, end), to);
      packed.at.set(this.#at.subarray(from, end), to);
      to += count;
    });
    return packed;
  }

  /** Undefined where the numbers are none that `pack` makes. `cells`: of the layer. */
  static unpack(hashes: readonly string[], cells: number, packed: ReturnType<TopActivations['pack']>): TopActivations | undefined {
    const { counts, values, images, at } = packed;
    const total = counts.reduce((sum, n) => sum + n, 0);
    const valid = counts.every((n) => n <= topCount && n <= hashes.length) && [values, images, at].every((l) => l.length === total);
    if (!valid || !images.every((i) => i < hashes.length) || !at.every((c) => c < cells) || !values.every(Number.isFinite))
      return undefined;
    const made = new TopActivations(counts.length, hashes);
    let from = 0;
    counts.forEach((count, unit) => {
      made.#counts[unit] = count;
      made.#values.set(values.subarray(from, from + count), unit * topCount);
      made.#images.set(images.subarray(from, from + count), unit * topCount);
      made.#at.set(at.subarray(from, from + count), unit * topCount);
      from += count;
    });
    return made;
  }
}
