import { availableParallelism } from 'node:os';
import type { Program, Tensors } from '../../execute/executor.ts';

/** Runs that go on at the same time: one on each core, which small operators use better than all cores on one run do. */
export const lanes = availableParallelism();

/** Feeds of one run, written when its turn comes, in the room of a lane. */
export type Feeds = (lane: number) => Tensors;

/** Results of the program for each of the feeds. */
export async function inLanes(program: Pick<Program, 'run'>, feeds: readonly Feeds[]): Promise<Tensors[]> {
  const results = new Array<Tensors>(feeds.length);
  let next = 0;
  const work = async (lane: number) => {
    for (let i = next++; i < feeds.length; i = next++) results[i] = await program.run((feeds[i] as Feeds)(lane));
  };
  // All end before an error is told: a program in use must not be disposed of.
  const ends = await Promise.allSettled(Array.from({ length: lanes }, (_, lane) => work(lane)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}
