import { axisOf } from './axis.ts';
import type { Flow } from './flow.ts';
import { readCheckpoints } from './selectors.ts';
import type { PageState } from './state.ts';

/** The checkpoint that was read nearest to a place on the axis, 0..1. */
export function nearestRead(state: PageState, place: number): string | undefined {
  const checkpoints = state.subject?.checkpoints ?? [];
  const { place: placeOf } = axisOf(checkpoints);
  let [best, least] = [undefined as string | undefined, Number.POSITIVE_INFINITY];
  const read = new Set(readCheckpoints(state).map(({ id }) => id));
  checkpoints.forEach(({ id }, i) => {
    const far = Math.abs(placeOf(i) - place);
    if (far >= least || !read.has(id)) return;
    [best, least] = [id, far];
  });
  return best;
}

/** Place on the axis under the pointer, 0..1; the axis of `element` begins and ends `inset` pixels from its edges. */
export function placeUnder(event: PointerEvent, element: Element, inset: number): number {
  const { left, width } = element.getBoundingClientRect();
  return width > 2 * inset ? (event.clientX - left - inset) / (width - 2 * inset) : 0.5;
}

/** Click and drag over anything that has the run's axis: the slider goes along. */
export function scrubEvents(flow: Flow, inset: number) {
  const go = (event: PointerEvent) => {
    const id = nearestRead(flow.state, placeUnder(event, event.currentTarget as Element, inset));
    if (id !== undefined) flow.lookAt(id);
  };
  const isHeld = (event: PointerEvent) => (event.currentTarget as Element).hasPointerCapture(event.pointerId);
  return {
    down(event: PointerEvent) {
      if (event.button !== 0) return;
      flow.player.stop();
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      flow.hold();
      go(event);
    },
    move(event: PointerEvent) {
      if (isHeld(event)) go(event);
    },
    up(event: PointerEvent) {
      if (isHeld(event)) (event.currentTarget as Element).releasePointerCapture(event.pointerId);
      flow.release();
    },
  };
}
