import { ApproximateIndex } from './approximate.ts';
import type { Vectors } from './distances.ts';
import { type GraphOptions, nearestNeighbours } from './neighbours.ts';
import type { NeighbourGraph } from './points.ts';
import { usearch } from './usearch.ts';

/** Multiplications that comparing all pairs may take: about a minute of one core. */
const exactWork = 4e11;
/** What building an approximate index is of the whole, for progress. */
const buildShare = 0.6;

/**
 * The k nearest neighbours of every point: exactly where comparing all pairs is a matter of a minute (130,000 points of 50 dimensions,
 * 40,000 of 512), else by an approximate index, if its library is there. `recall`: what share of the true 10 nearest it finds; undefined:
 * the graph is exact.
 */
export async function neighbourGraph(
  points: Vectors,
  k: number,
  options: GraphOptions,
  limit = exactWork,
): Promise<NeighbourGraph & { recall: number | undefined }> {
  const { data, count, dimensions } = points;
  const library = (count * count * dimensions) / 2 > limit ? await usearch() : undefined;
  if (!library || !(data instanceof Float32Array)) return { ...(await nearestNeighbours(points, k, options)), recall: undefined };
  const { progress } = options;
  const part = (from: number, to: number): GraphOptions => ({
    ...options,
    ...(progress && { progress: (done: number) => progress(from + (to - from) * done) }),
  });
  const index = await ApproximateIndex.build(library, { data, count, dimensions }, part(0, buildShare));
  return { ...(await index.graph(k, part(buildShare, 1))), recall: index.recall };
}
