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

/** How many numbers each row has. */
export interface RowSizes {
  dimensions: number;
  pixelLength: number;
  best: number;
}

/** What is kept of one image, as in `FeatureRows`. */
export interface IndexedImage {
  hash: string;
  vector: Float32Array;
  pixels: Uint8Array;
  classes: Int32Array;
  logits: Float32Array;
  logSumExp: number;
  /** JPEG; undefined: there is one. */
  thumbnail: Uint8Array | undefined;
}
