import type { StoreKey } from './store.ts';

/** What is kept of images with one model at one layer, a row an image. */
export interface FeatureRows {
  /** SHA-256 of each file, hex. */
  hashes: readonly string[];
  /** [n,d], on a SharedArrayBuffer. */
  vectors: Float32Array;
  /** [n,p]: what the network is fed as RGB or grey pixels, reduced to at most 32 × 32, on a SharedArrayBuffer. */
  pixels: Uint8Array;
  /** Numbers of each image in `pixels`. */
  pixelLength: number;
  /** [n,K] with K = min(10, classes): the best classes, and their logits, best first. */
  classes: Int32Array;
  logits: Float32Array;
  best: number;
  /** [n], log Σ exp of all logits. */
  logSumExp: Float32Array;
}

/** The index of a data set with one model, in the database of the data set's folder. */
export class FeatureStore {
  readonly folder: string;
  readonly key: StoreKey;

  constructor(folder: string, key: StoreKey) {
    this.folder = folder;
    this.key = key;
  }
}
