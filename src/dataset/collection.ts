import type { Histogram } from './histogram.ts';

/** Where a unit was most active in one image. */
export interface TopEntry {
  value: number;
  /** Index into `LayerCollection.images`. */
  image: number;
  /** Flat cell, row-major; of equal ones the first. */
  at: number;
}

/** What is collected of a layer over a data set: all shards merged. One number per unit in each list. */
export interface LayerCollection {
  layer: string;
  units: number;
  /** Of the layer's output; 1 × 1 for a vector. */
  height: number;
  width: number;
  /** Each content once, in order of the hashes (SHA-256 of the file, hex). `path`: one of the files that have it. */
  images: readonly { path: string; hash: string }[];
  /** Strongest first, at most `topCount`, one per image; equal values in order of the images. */
  top(unit: number): readonly TopEntry[];
  histogram(unit: number): Histogram;
  min: Float32Array;
  max: Float32Array;
  /** Over all cells of all images. */
  mean: Float32Array;
  /** Share of cells above 0. */
  active: Float32Array;
}
