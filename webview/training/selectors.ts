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

type Told = Pick<PageState, 'subject' | 'frames'>;

let last: { checkpoints: readonly Checkpoint[]; frames: PageState['frames']; read: readonly Checkpoint[] } | undefined;

/** Checkpoints that have been read, in order. The same list as long as nothing that it is made of is another. */
export function readCheckpoints({ subject, frames }: Told): readonly Checkpoint[] {
  const checkpoints = subject?.checkpoints ?? none;
  if (last?.checkpoints !== checkpoints || last.frames !== frames)
    last = { checkpoints, frames, read: checkpoints.filter(({ id }) => frames.has(id)) };
  return last.read;
}

const none: readonly Checkpoint[] = [];

/** The checkpoint that the slider stands at. */
export function current(state: PageState): Checkpoint | undefined {
  const read = readCheckpoints(state);
  return read.find(({ id }) => id === state.choices.at) ?? read.at(-1);
}

/** The slider stays at the newest checkpoint, whichever that is. */
export function isFollowing(state: PageState): boolean {
  return !readCheckpoints(state).some(({ id }) => id === state.choices.at);
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
