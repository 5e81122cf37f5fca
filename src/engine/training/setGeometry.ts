import { affinities, neighboursFor } from '../../numeric/affinities.ts';
import { type CentredGram, centredGram } from '../../numeric/cka.ts';
import { neighbourGraph } from '../../numeric/neighbourGraph.ts';
import type { NeighbourGraph, Points } from '../../numeric/points.ts';
import { alignedTsne } from '../../numeric/tsne/aligned.ts';
import { Tsne } from '../../numeric/tsne/tsne.ts';
import type { Control } from '../space/control.ts';
import { layoutSpace } from '../space/layouts/space.ts';

const perplexity = 30;
/** From so many images on there is something to lay out. */
export const fewestImages = 8;
/** Up to so many, what a layout that is not held would come to is worked out as well. */
const mostForPrice = 4_000;
/** A layout follows another one if at least this share of its images is there. */
const enoughKnown = 0.5;
/**
 * Threads of t-SNE. A training beside it takes all cores: threads that wait for each other in every iteration then take twice as long as one
 * alone (2,000 images, load 30 on two cores), and a third more of the processor.
 */
const threads = 1;
/** Neighbours that are kept of each image: more than are compared, so that sets that differ a little can be. */
const keptNeighbours = 15;

/** The images of a checkpoint, by distinct content. */
export interface SetGeometryTask {
  /** [n,C] at the feature layer, finite. On a SharedArrayBuffer nothing is copied on the way to the thread. */
  points: Points;
  /** [n,2]: the layout to follow; NaN where an image is not in it. Undefined: none. */
  before: Float32Array | undefined;
  /** Features of the same few images at each layer. */
  samples: readonly Points[];
}

export interface SetGeometry {
  /** The nearest by cosine. */
  neighbours: Pick<NeighbourGraph, 'k' | 'indices'>;
  /** [n,2]; undefined: too few images, or all have the same features. */
  positions: Float32Array | undefined;
  /** It follows the one before. */
  aligned: boolean;
  /** NaN where there is no layout, the second also where it was not worked out. */
  kl: number;
  /** Of a layout of this checkpoint alone: ordinary t-SNE from its own start. Of one that follows no other it is `kl`. */
  klFree: number;
  /** As `samples`. */
  grams: CentredGram[];
}

/**
 * All that is worked out of a checkpoint's features, in the numeric thread. Neighbours are those of the cosine in all dimensions; t-SNE is
 * that of the same neighbours at length 1, so that both speak of the same distances.
 */
export async function setGeometry(
  { points, before, samples }: SetGeometryTask,
  control: Control,
  progress: (done: number) => void,
): Promise<SetGeometry> {
  const grams = samples.map((sample) => {
    control.throwIfCancelled();
    return centredGram(sample);
  });
  const look = (from: number, to: number) => (share: number) => {
    control.throwIfCancelled();
    progress(from + (to - from) * share);
  };
  const k = Math.max(keptNeighbours, neighboursFor(perplexity, points.count));
  const graph = await neighbourGraph(points, Math.min(k, points.count - 1), { metric: 'cosine', progress: look(0, 0.3) });
  const neighbours = nearestOf(graph, keptNeighbours);
  const none = { neighbours, positions: undefined, aligned: false, kl: Number.NaN, klFree: Number.NaN, grams };
  if (points.count < fewestImages) return none;
  const { plane, flat } = layoutSpace(points, 'cosine', 0);
  if (flat) return none;
  // Of vectors at length 1 |a − b|² = 2 (1 − cos).
  const near = affinities({ ...graph, distances: graph.distances.map((distance) => Math.sqrt(Math.max(0, 2 * distance))) }, perplexity);
  const run = (from: number, to: number) => {
    const tell = look(from, to);
    return { onFrame: ({ iteration, iterations }: { iteration: number; iterations: number }) => tell(iteration / iterations) };
  };
  const alone = async (from: number) => await new Tsne(near, plane, { threads }).run(run(from, 1));
  if (!before || !follows(before)) {
    const { positions, kl } = await alone(0.3);
    return { ...none, positions, kl, klFree: kl };
  }
  const { positions, kl } = await alignedTsne(near, graph, before, { threads, ...run(0.3, 0.5) });
  return { ...none, positions, aligned: true, kl, klFree: points.count <= mostForPrice ? (await alone(0.5)).kl : Number.NaN };
}

function follows(before: Float32Array): boolean {
  return before.filter(Number.isFinite).length >= enoughKnown * before.length;
}

/** The first k of each row. */
function nearestOf({ k, indices }: NeighbourGraph, few: number): SetGeometry['neighbours'] {
  if (k <= few) return { k, indices };
  return { k: few, indices: indices.filter((_, at) => at % k < few) };
}
