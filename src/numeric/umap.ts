import type { NeighbourGraph } from './points.ts';

export interface UmapOptions {
  /** How close points may lie: 0 … 1. Default 0.1. */
  minDist?: number;
  /** Default: 500 up to 10,000 points, 200 above. */
  epochs?: number;
  seed?: number;
  /** Stops after the epoch that is being done. */
  signal?: AbortSignal;
  onFrame?: (frame: UmapFrame) => void;
  /** Least time between two frames, 100 ms. */
  frameMs?: number;
}

export interface UmapFrame {
  epoch: number;
  epochs: number;
  /** [n,2]. */
  positions: Float32Array;
}

export interface UmapResult extends UmapFrame {
  stopped: boolean;
}

export async function umap(_graph: NeighbourGraph, _options: UmapOptions = {}): Promise<UmapResult> {
  throw new Error('not there yet');
}
