import { untilAborted } from '../../shared/sharedJobs.ts';

/** The last work on each folder. */
const last = new Map<string, Promise<unknown>>();
/** Work on each folder that was cancelled and still writes what it has. */
const ending = new Map<string, Promise<unknown>>();

/** Works on a folder when nobody else does: writers of the same store take turns. Who is cancelled does not wait. */
export async function exclusive<T>(folder: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const before = last.get(folder) ?? Promise.resolve();
  // The turn of one who is gone passes on when the work before it has ended.
  const mine = untilAborted(before, signal).then(work);
  const ended = Promise.allSettled([before, mine]);
  last.set(folder, ended);
  const cancelled = () => ending.set(folder, ended);
  signal.addEventListener('abort', cancelled, { once: true });
  ended.then(() => {
    signal.removeEventListener('abort', cancelled);
    for (const works of [last, ending]) if (works.get(folder) === ended) works.delete(folder);
  });
  return await mine;
}

/** Waits for cancelled work on a folder, so that all that it leaves is there. */
export async function untilLeft(folder: string, signal: AbortSignal): Promise<void> {
  await untilAborted(ending.get(folder) ?? Promise.resolve(), signal);
}
