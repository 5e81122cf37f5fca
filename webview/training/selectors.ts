import type { Checkpoint, ProbeFrames } from '../../src/shared/trainingProtocol.ts';
import type { PageState } from './state.ts';

/** What the page as a whole shows. */
export type Phase = 'loading' | 'error' | 'off' | 'none' | 'ready';

export function phase({ subject, failure }: PageState): Phase {
  if (failure) return 'error';
  if (!subject) return 'loading';
  if (subject.failure) return 'error';
  return subject.following === 'on' ? 'ready' : subject.following;
}

/** Checkpoints that have been read, in order. */
export function readCheckpoints({ subject, frames }: PageState): readonly Checkpoint[] {
  return subject?.checkpoints.filter(({ id }) => frames.has(id)) ?? [];
}

/** The checkpoint that the slider stands at. */
export function current(state: PageState): Checkpoint | undefined {
  const read = readCheckpoints(state);
  return read.find(({ id }) => id === state.choices.at) ?? read.at(-1);
}

/** The one read before another one. */
export function before(state: PageState, checkpoint: Checkpoint | undefined): Checkpoint | undefined {
  const read = readCheckpoints(state);
  const at = read.findIndex(({ id }) => id === checkpoint?.id);
  return at > 0 ? read[at - 1] : undefined;
}

export function framesAt(state: PageState, checkpoint: Checkpoint | undefined): ProbeFrames | undefined {
  return checkpoint && state.frames.get(checkpoint.id);
}
