import { type CheckpointList, type Entry, gone } from './checkpointList.ts';

/** Probes, and the whole data set. */
export type Kind = 'frames' | 'whole';

/** What is asked of checkpoints: numbers of the questions; undefined: nothing of that kind. */
export type Questions = Readonly<Record<Kind, number | undefined>>;

/** What is to be done for a checkpoint next. */
export function lacks({ file, frames, whole, failed }: Entry, questions: Questions): Kind | undefined {
  const stamp = file?.stamp ?? gone;
  if (failed === stamp || file?.complete === false) return undefined;
  const isOpen = (got: Entry[Kind], question: number | undefined) =>
    question !== undefined && (got?.question !== question || (file !== undefined && got.stamp !== stamp));
  if (isOpen(frames, questions.frames)) return 'frames';
  // What is kept of one whose files are gone comes with its frames.
  return file && isOpen(whole, questions.whole) ? 'whole' : undefined;
}

/** Does not wait for anything, and ends the work on others. */
export function isUrgent({ entry, kind }: { entry: Entry; kind: Kind }, { newest }: CheckpointList): boolean {
  return entry === newest && kind === 'frames';
}

/**
 * Probes of the newest, everything of those that somebody looks at, probes of the others, then the whole set: the newest first each time,
 * pinned ones before others.
 */
export function nextJob(
  list: CheckpointList,
  questions: Questions,
  isWanted: (id: string) => boolean,
): { entry: Entry; kind: Kind } | undefined {
  const jobs = [...list.entries].reverse().flatMap((entry) => {
    const kind = lacks(entry, questions);
    return kind ? [{ kind, entry }] : [];
  });
  const rank = (job: (typeof jobs)[number]) => {
    if (isUrgent(job, list)) return 0;
    if (isWanted(job.entry.checkpoint.id)) return job.kind === 'frames' ? 1 : 2;
    return (job.kind === 'frames' ? 3 : 6) + (job.entry === list.newest ? 0 : job.entry.checkpoint.pinned ? 1 : 2);
  };
  return jobs.sort((a, b) => rank(a) - rank(b))[0];
}
