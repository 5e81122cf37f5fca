import type { Checkpoint, TrainingState } from '../../../src/shared/trainingProtocol.ts';

/** What goes on with the run, in a few words. */
export function goingOn({ checkpoints, paused, probes }: Pick<TrainingState, 'checkpoints' | 'paused' | 'probes'>): string {
  const waiting = checkpoints.filter(({ reading }) => reading.state === 'waiting').length;
  if (paused) return waiting > 0 ? `paused: ${counted(waiting)} to read` : 'paused';
  for (const { name, reading } of checkpoints) if (reading.state === 'running') return running(name, reading);
  const written = checkpoints.findLast(({ reading }) => reading.state === 'incomplete');
  if (written?.reading.state === 'incomplete') return `${written.name}: ${lowered(written.reading.why)}`;
  if (waiting > 0 && probes.length > 0) return `${counted(waiting)} to read`;
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
