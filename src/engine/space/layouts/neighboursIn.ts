import { nearestNeighbours } from '../../../numeric/neighbours.ts';
import type { NeighbourGraph, Points } from '../../../numeric/points.ts';
import type { LayoutRun } from './run.ts';

/**
 * Nearest neighbours of all points, a phase of a layout.
 * @param plane [count,2]: where the points are meanwhile
 * @returns undefined where the layout is to be stopped
 */
export async function neighboursIn(points: Points, k: number, run: LayoutRun, plane: Float32Array): Promise<NeighbourGraph | undefined> {
  await run.begin('neighbours', 0, plane);
  return await run.untilStopped(
    nearestNeighbours(points, k, { metric: 'euclidean', signal: run.signal, progress: (share) => run.done(share) }),
  );
}
