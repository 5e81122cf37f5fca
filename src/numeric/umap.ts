/**
 * Uniform manifold approximation and projection, by the WebAssembly code of Embedding Atlas: it lies inside the module, as text, and is
 * fetched from nowhere.
 * @see McInnes, Healy, Melville, UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction, arXiv 1802.03426
 */
import { setImmediate } from 'node:timers/promises';
// The package's exports leave this file out, though it is documented.
import { createUMAPFromKNN, type UMAP } from '../../node_modules/embedding-atlas/dist/umap.js';
import type { NeighbourGraph } from './points.ts';

export interface UmapOptions {
  /** How close points may lie: 0 … 1. Default 0.1. */
  minDist?: number;
  /** Default: 500 up to 10,000 points, 200 above, as in umap-learn. */
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

/** One layout after the other: of several at once the library confuses what it has lent. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Lays out the points of a graph from its spectrum on: the same for the same seed. Points may coincide.
 * @throws RangeError if a distance is not finite: one such point takes all others with it
 */
export async function umap(graph: NeighbourGraph, options: UmapOptions = {}): Promise<UmapResult> {
  const { k, indices, distances } = graph;
  if (!distances.every(Number.isFinite)) throw new RangeError('distances between neighbours are not finite');
  const count = k === 0 ? 0 : indices.length / k;
  const { epochs = count > 10_000 ? 200 : 500, minDist = 0.1, seed = 0 } = options;
  // A point alone has no neighbours.
  if (count < 2) return { epoch: 0, epochs, positions: new Float32Array(2), stopped: false };
  const run = last.then(async () => {
    const layout = await createUMAPFromKNN(count, 2, indices, distances, { minDist, seed, nEpochs: epochs });
    try {
      return await descend(layout, epochs, options);
    } finally {
      layout.destroy();
    }
  });
  last = run.catch(() => {});
  return await run;
}

async function descend(layout: UMAP, epochs: number, { signal, onFrame, frameMs = 100 }: UmapOptions): Promise<UmapResult> {
  const frame = () => ({ epoch: layout.epoch, epochs, positions: new Float32Array(layout.embedding) });
  let nextFrame = 0;
  while (layout.epoch < epochs && !signal?.aborted) {
    layout.setParameters({ learningRate: 1 - layout.epoch / epochs });
    await layout.step();
    // The library may still hold its memory when its promise is kept: what it is asked before the next turn can throw.
    await setImmediate();
    if (performance.now() > nextFrame && onFrame) {
      onFrame(frame());
      nextFrame = performance.now() + frameMs;
    }
  }
  return { ...frame(), stopped: layout.epoch < epochs };
}
