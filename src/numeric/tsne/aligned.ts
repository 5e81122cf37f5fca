import { Random } from '../../shared/random.ts';
import type { Affinities } from '../affinities.ts';
import type { NeighbourGraph } from '../points.ts';
import { Tsne, type TsneResult, type TsneRun } from './tsne.ts';

/**
 * How a layout follows the one before it. Measured over the epochs of a small convolutional network, 2,000 CIFAR-10 images, against a
 * layout of each epoch alone, whose points move by 0.04 to 0.27 of the diameter (median) from one epoch to the next: 300 iterations move
 * them by 0.015 to 0.07. A pull of 0.01 moves them by 0.04 where this one does by 0.06, but the divergence is 37 % above that of the layout
 * alone, not 16 %; twice the iterations gain 4 %. Without the short exaggeration, by which groups that the network has brought together
 * meet, it is 26 % (late epochs: 12 % instead of 7 %). The same epoch again moves them by 0.008 and 0.004.
 */
const schedule = { iterations: 300, exaggeration: 4, exaggerationIterations: 100 };
const strength = 0.002;
/** Parts new points that would start at the same place; layouts are some tens across. */
const jitter = 0.01;

/**
 * A layout that goes on from the one before it, at whose places it is held: early exaggeration is short and mild.
 * @param graph of the points, to find a place for new ones
 * @param before [n,2]; NaN: the point is new, and held nowhere. At least one is not.
 * @see Rauber, Falcão, Telea, Visualizing Time-Dependent Data Using Dynamic t-SNE, EuroVis 2016
 */
export async function alignedTsne(
  near: Affinities,
  graph: Pick<NeighbourGraph, 'k' | 'indices'>,
  before: Float32Array,
  { threads, ...run }: TsneRun & { threads: number },
): Promise<TsneResult> {
  const start = startAfter(graph, before);
  return await new Tsne(near, start, { ...schedule, goOn: true, held: { places: before, strength }, threads }).run(run);
}

/** Where the points were; a new one amid those of its ten nearest neighbours that were there, else amid all. */
export function startAfter({ k, indices }: Pick<NeighbourGraph, 'k' | 'indices'>, before: Float32Array): Float32Array {
  const start = before.slice();
  const random = Random.seeded(0);
  const isThere = (i: number) => Number.isFinite(before[2 * i]!);
  const count = before.length / 2;
  const all = Array.from({ length: count }, (_, i) => i).filter(isThere);
  for (let i = 0; i < count; i++) {
    if (isThere(i)) continue;
    const near = [...indices.subarray(i * k, i * k + Math.min(k, 10))].filter(isThere);
    const amid = near.length > 0 ? near : all;
    const noise = random.normals();
    for (const axis of [0, 1] as const) {
      start[2 * i + axis] = amid.reduce((sum, j) => sum + before[2 * j + axis]! / amid.length, 0) + jitter * noise[axis];
    }
  }
  return start;
}
