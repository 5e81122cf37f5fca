import type { IndexedImage, RowSizes } from './indexedImage.ts';

/**
 * What a model answers for an image, and what it is fed, as one value of the database, which is twice as fast to read as four:
 * log Σ exp (float32), best classes (int32 each), their logits (float32 each), pixels (uint8 each), little-endian.
 */
export function packAnswer({ logSumExp, classes, logits, pixels }: Omit<IndexedImage, 'vector' | 'hash' | 'thumbnail'>): Buffer {
  const sum = Float32Array.of(logSumExp);
  return Buffer.concat([sum, classes, logits, pixels].map((a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength)));
}

export function answerLength({ best, pixelLength }: RowSizes): number {
  return 4 + best * 8 + pixelLength;
}

/** Rows of answers that are being read. */
export class Answers {
  readonly classes: Int32Array;
  readonly logits: Float32Array;
  readonly logSumExp: Float32Array;
  /** On a SharedArrayBuffer. */
  readonly pixels: Uint8Array;
  readonly #sizes: RowSizes;

  constructor(most: number, sizes: RowSizes) {
    const { best, pixelLength } = sizes;
    this.#sizes = sizes;
    this.classes = new Int32Array(most * best);
    this.logits = new Float32Array(most * best);
    this.logSumExp = new Float32Array(most);
    this.pixels = new Uint8Array(new SharedArrayBuffer(most * pixelLength));
  }

  /** `answer`: as `packAnswer` made it, of `answerLength`. */
  set(row: number, answer: Buffer): void {
    const { best, pixelLength } = this.#sizes;
    this.logSumExp[row] = answer.readFloatLE(0);
    for (let k = 0; k < best; k++) {
      this.classes[row * best + k] = answer.readInt32LE(4 + k * 4);
      this.logits[row * best + k] = answer.readFloatLE(4 + (best + k) * 4);
    }
    this.pixels.set(answer.subarray(4 + best * 8), row * pixelLength);
  }
}
