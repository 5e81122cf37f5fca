import type { ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { alarmsOf, flipsSince, rightOf } from '../reading.ts';
import { before, framesAt } from '../selectors.ts';
import type { PageState } from '../state.ts';

/** `9 of 12 right`; where no true class is known, what else there is to say. */
export function rightText(frames: ProbeFrames): string {
  const { right, of } = rightOf(frames);
  if (of > 0) return `${right} of ${of} right`;
  return frames.scored ? 'true classes not known' : 'outputs are no class scores';
}

/** `3 became wrong, 5 right`; undefined: nothing to compare. */
export function flipText(was: ProbeFrames | undefined, now: ProbeFrames): string | undefined {
  if (!was || rightOf(now).of === 0 || rightOf(was).of === 0) return undefined;
  const { becameWrong, becameRight } = flipsSince(was, now);
  const [wrong, right] = [becameWrong.length, becameRight.length];
  if (wrong === 0 && right === 0) return 'none flipped';
  return [
    ...(wrong > 0 ? [`${wrong} became wrong`] : []),
    ...(right > 0 ? [wrong > 0 ? `${right} right` : `${right} became right`] : []),
  ].join(', ');
}

/** What a screen reader hears when a checkpoint has been read. */
export function newsText(state: PageState, checkpoint: string): string {
  const found = state.subject?.checkpoints.find(({ id }) => id === checkpoint);
  const frames = state.frames.get(checkpoint);
  if (!found || !frames) return '';
  const flips = flipText(framesAt(state, before(state, found)), frames);
  const alarmed = (alarmsOf(state).get(checkpoint) ?? []).map(({ label }) => label);
  return [
    `${found.name} was read: ${rightText(frames)}`,
    ...(flips === undefined ? [] : [flips]),
    ...(alarmed.length > 0 ? [`alarm: ${alarmed.join(', ')}`] : []),
  ].join('; ');
}
