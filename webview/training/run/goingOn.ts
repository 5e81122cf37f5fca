import type { Checkpoint, TrainingState } from '../../../src/shared/trainingProtocol.ts';

/** What goes on with the run, in a few words. `read`: by id, the checkpoints whose probes are read; those that wait do so for the whole set. */
export function goingOn(
  { checkpoints, paused, probes }: Pick<TrainingState, 'checkpoints' | 'paused' | 'probes'>,
  read: Pick<ReadonlyMap<string, unknown>, 'has'>,
): string {
  const waiting = checkpoints.filter(({ reading }) => reading.state === 'waiting');
  const unread = waiting.filter(({ id }) => !read.has(id)).length;
  const rest = unread > 0 ? `${counted(unread)} to read` : `${counted(waiting.length)} to evaluate`;
  if (paused) return waiting.length > 0 ? `paused: ${rest}` : 'paused';
  for (const { name, reading } of checkpoints) if (reading.state === 'running') return running(name, reading);
  const written = checkpoints.findLast(({ reading }) => reading.state === 'incomplete');
  if (written?.reading.state === 'incomplete') return `${written.name}: ${lowered(written.reading.why)}`;
  if (waiting.length > 0 && probes.length > 0) return rest;
  return checkpoints.length === 0 ? 'waiting for the first checkpoint' : 'waiting for the next checkpoint';
}

function running(name: string, { what, done, total }: Extract<Checkpoint['reading'], { state: 'running' }>): string {
  return total > 0 ? `reading ${name}: ${done} of ${total} ${what}` : `reading ${name}: ${what}`;
}

function counted(count: number): string {
  return count === 1 ? '1 checkpoint' : `${count} checkpoints`;
}

/** A sentence after a colon: without its full stop. */
function lowered(sentence: string): string {
  return sentence.replace(/\.$/, '').replace(/^[A-Z](?=[a-z ])/, (first) => first.toLowerCase());
}
