import { untilAborted } from '../../shared/sharedJobs.ts';

/** The last work on each folder. */
const last = new Map<string, Promise<unknown>>();

/** Works on a folder when nobody else does: writers of the same store take turns. Who is cancelled does not wait. */
export async function exclusive<T>(folder: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const before = last.get(folder) ?? Promise.resolve();
  // The turn of one who is gone passes on when the work before it has ended.
  const mine = untilAborted(before, signal).then(work);
  const ended = Promise.allSettled([before, mine]);
  last.set(folder, ended);
  ended.then(() => {
    if (last.get(folder) === ended) last.delete(folder);
  });
  return await mine;
}
