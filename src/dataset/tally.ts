import type { LayerCollection } from './collection.ts';
import { Histograms } from './histograms.ts';
import { TopActivations } from './topActivations.ts';

/** A layer, as it is collected. */
export interface TalliedLayer {
  layer: string;
  units: number;
  height: number;
  width: number;
}

/** An image that is counted: a content, and a file that has it. */
export interface TalliedImage {
  hash: string;
  path: string;
}

/** A layer's output for one image. */
export interface ImageActivations {
  /** [units,height,width]. */
  values: Float32Array;
  /** Largest value of each unit [units], and its cell. */
  max: Float32Array;
  at: ArrayLike<number | bigint>;
}

/** What a tally is made of, as files have it. */
export interface Tallied {
  images: TalliedImage[];
  hashes: string[];
  top: TopActivations;
  histograms: Histograms;
  min: Float32Array;
  max: Float32Array;
  sum: Float64Array;
}

function nothing(units: number): Tallied {
  const hashes: string[] = [];
  return {
    images: [],
    hashes,
    top: new TopActivations(units, hashes),
    histograms: new Histograms(units),
    min: new Float32Array(units).fill(Number.POSITIVE_INFINITY),
    max: new Float32Array(units).fill(Number.NEGATIVE_INFINITY),
    sum: new Float64Array(units),
  };
}

/** What is collected of one layer over some images. Can be merged, in any order: the images of each count once. */
export class Tally {
  readonly of: TalliedLayer;
  readonly images: TalliedImage[];
  /** Of the images, in the same order. */
  readonly hashes: string[];
  readonly top: TopActivations;
  readonly histograms: Histograms;
  /** Over all cells, per unit. */
  readonly min: Float32Array;
  readonly max: Float32Array;
  readonly sum: Float64Array;
  readonly #image: { min: Float32Array; sum: Float64Array };

  constructor(of: TalliedLayer, known: Tallied = nothing(of.units)) {
    const { units } = of;
    this.of = of;
    this.images = known.images;
    this.hashes = known.hashes;
    this.top = known.top;
    this.histograms = known.histograms;
    this.min = known.min;
    this.max = known.max;
    this.sum = known.sum;
    this.#image = { min: new Float32Array(units), sum: new Float64Array(units) };
  }

  /** Cells of each unit that were seen. */
  get cells(): number {
    return this.images.length * this.of.height * this.of.width;
  }

  /** In memory. */
  get bytes(): number {
    return this.top.bytes + this.histograms.bytes + this.of.units * 16;
  }

  /** False where a value is not finite: then nothing of the image is counted. */
  add(image: TalliedImage, { values, max, at }: ImageActivations): boolean {
    if (this.histograms.add(values, this.#image) !== undefined) return false;
    this.top.add(this.#name(image), max, at);
    this.#extend(this.#image.min, max, this.#image.sum);
    return true;
  }

  merge(other: Tally): void {
    this.top.merge(
      other.top,
      other.images.map((image) => this.#name(image)),
    );
    this.histograms.merge(other.histograms);
    this.#extend(other.min, other.max, other.sum);
  }

  #name(image: TalliedImage): number {
    this.hashes.push(image.hash);
    return this.images.push(image) - 1;
  }

  #extend(min: Float32Array, max: Float32Array, sum: Float64Array): void {
    for (let u = 0; u < this.of.units; u++) {
      if ((min[u] as number) < (this.min[u] as number)) this.min[u] = min[u] as number;
      if ((max[u] as number) > (this.max[u] as number)) this.max[u] = max[u] as number;
      this.sum[u] = (this.sum[u] as number) + (sum[u] as number);
    }
  }

  /** As others read it. `pathOf`: a file that has a content now, where that is known. */
  collection(pathOf: (hash: string) => string | undefined): LayerCollection {
    const order = this.images.map((_, i) => i).sort((a, b) => ((this.hashes[a] as string) < (this.hashes[b] as string) ? -1 : 1));
    const place = new Uint32Array(order.length);
    order.forEach((image, i) => {
      place[image] = i;
    });
    const { min, max, cells } = this;
    const about = (unit: number) => ({ min: min[unit] as number, max: max[unit] as number, total: cells });
    const histogram = (unit: number) => this.histograms.unit(unit, about(unit));
    return {
      ...this.of,
      images: order.map((i) => {
        const { hash, path } = this.images[i] as TalliedImage;
        return { hash, path: pathOf(hash) ?? path };
      }),
      top: (unit) => this.top.of(unit).map((entry) => ({ ...entry, image: place[entry.image] as number })),
      histogram,
      min,
      max,
      mean: Float32Array.from(this.sum, (sum) => sum / cells),
      active: Float32Array.from(min, (_, unit) => histogram(unit).countAbove(0) / cells),
    };
  }
}
