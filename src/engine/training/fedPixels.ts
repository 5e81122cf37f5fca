import { fedPixels, normalise } from '../../image/preprocess.ts';
import type { Preprocessing } from '../../shared/sidecar.ts';
import type { FedModel } from '../openFed.ts';

/** 40,000 pictures of 32 × 32, 3,400 of 96 × 96, 600 of 224 × 224. */
const usualBytes = 96 * 2 ** 20;
/** When no checkpoint has come for so long they are dropped, ms. */
const idleAfter = 15 * 60_000;

type Fed = Pick<FedModel, 'open' | 'preprocessing'>;

/**
 * What is fed of the images of a data set, from one checkpoint to the next: decoding takes longer than a small network. As 8 bit pixels of the
 * input's size, of which the fed values are made anew, the same bit by bit. What does not fit is decoded each time: which images are kept
 * stays the same, as all are met in turn.
 */
export class FedPixels {
  readonly #limit: number;
  /** How they are fed. */
  #of = '';
  readonly #pixels = new Map<string, Uint8Array>();
  #bytes = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(limit = usualBytes) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Pixels of images that are fed otherwise, or are not among these, are dropped. */
  begin(fed: Fed, hashes: Iterable<string>): void {
    const of = JSON.stringify([fed.preprocessing, sizeOf(fed)]);
    const wanted = of === this.#of ? new Set(hashes) : new Set();
    this.#of = of;
    for (const [hash, { byteLength }] of this.#pixels) {
      if (wanted.has(hash)) continue;
      this.#pixels.delete(hash);
      this.#bytes -= byteLength;
    }
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#clear(), idleAfter).unref();
  }

  /** What is fed, [C,H,W]; undefined: it has to be decoded. */
  tensor(fed: Fed, hash: string): Float32Array | undefined {
    const data = this.#pixels.get(hash);
    return data && tensorOf(fed, data);
  }

  /** Keeps what is fed where there is room, and it can be made again. */
  keep(fed: Fed, hash: string, tensor: Float32Array): void {
    if (this.#bytes + tensor.length > this.#limit || this.#pixels.has(hash)) return;
    const { data } = fedPixels(tensor, fed.preprocessing, fed.open.model.input);
    const again = tensorOf(fed, data);
    if (!tensor.every((value, at) => value === again[at])) return;
    this.#pixels.set(hash, data);
    this.#bytes += data.byteLength;
  }

  #clear(): void {
    this.#pixels.clear();
    this.#bytes = 0;
  }
}

function sizeOf({ open: { model } }: Fed): readonly number[] {
  const { channels, height, width } = model.input;
  return [channels, height, width];
}

function tensorOf(fed: Fed, data: Uint8Array): Float32Array {
  const { channels, height, width } = fed.open.model.input;
  return normalise({ width, height, channels, data }, fed.preprocessing).tensor;
}
