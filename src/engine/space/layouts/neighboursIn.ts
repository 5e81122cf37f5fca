import { neighbourGraph } from '../../../numeric/neighbourGraph.ts';
import type { NeighbourGraph, Points } from '../../../numeric/points.ts';
import type { LayoutRun } from './run.ts';

/** `recall`: of very many points neighbours are found approximately; this share of the true 10 nearest is. */
export type FoundGraph = NeighbourGraph & { recall: number | undefined };

/**
 * Nearest neighbours of all points, a phase of a layout.
 * @param plane [count,2]: where the points are meanwhile
 * @returns undefined where the layout is to be stopped
 */
export async function neighboursIn(points: Points, k: number, run: LayoutRun, plane: Float32Array): Promise<FoundGraph | undefined> {
  await run.begin('neighbours', 0, plane);
  return await run.untilStopped(
    neighbourGraph(points, k, { metric: 'euclidean', signal: run.signal, progress: (share) => run.done(share) }),
  );
}
