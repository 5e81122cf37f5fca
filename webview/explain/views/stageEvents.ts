import type { Size } from '../../draw/geometry.ts';
import type { Actions } from '../actions.ts';
import { shown } from '../selectors.ts';
import type { PageState, Point } from '../state.ts';
import { spanned } from '../targets.ts';

const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Pointer, wheel and keys on the image. */
export function stageEvents(state: PageState, actions: Actions) {
  const size = state.picture?.size;
  return {
    down: (event: PointerEvent) => {
      const from = size && state.marking && pixelUnder(event, size);
      if (!from) return;
      event.preventDefault();
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      actions.mark({ from, to: from });
    },
    move: (event: PointerEvent) => {
      if (!size) return;
      actions.probe(pixelUnder(event, size));
      const to = state.marking?.to && nearestPixel(event, size);
      if (to) actions.mark({ ...state.marking, to });
    },
    up: () => {
      if (state.marking?.to) actions.chooseRegion(spanned(state.marking, undefined));
    },
    leave: () => actions.probe(undefined),
    wheel: (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      actions.zoom(state.zoom * (event.deltaY < 0 ? 1.25 : 0.8));
    },
    key: (event: KeyboardEvent) => {
      if (size && onKey(event, state, size, actions)) event.preventDefault();
    },
  };
}

function pixelUnder(event: PointerEvent, size: Size): Point | undefined {
  const at = placeUnder(event, size);
  return at && at.x >= 0 && at.y >= 0 && at.x < size.width && at.y < size.height ? at : undefined;
}

/** Also where the pointer has left the image. */
function nearestPixel(event: PointerEvent, size: Size): Point | undefined {
  const at = placeUnder(event, size);
  return at && { x: within(at.x, size.width), y: within(at.y, size.height) };
}

function placeUnder(event: PointerEvent, size: Size): Point | undefined {
  const frame = (event.currentTarget as Element).querySelector('[data-testid=frame]');
  if (!frame) return undefined;
  const box = frame.getBoundingClientRect();
  return {
    x: Math.floor(((event.clientX - box.left) / box.width) * size.width),
    y: Math.floor(((event.clientY - box.top) / box.height) * size.height),
  };
}

function onKey(event: KeyboardEvent, state: PageState, size: Size, actions: Actions): boolean {
  const move = moves[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === '+' || event.key === '=') actions.zoom(state.zoom * 1.5);
  else if (event.key === '-') actions.zoom(state.zoom / 1.5);
  else if (event.key === '0') actions.zoom(1);
  else if (move) actions.probe(moved(state, size, move, event.shiftKey));
  else if (event.key === 'Enter' && state.marking) corner(state, size, actions);
  else return false;
  return true;
}

/** The first corner of a region, then the second. */
function corner({ marking, probe }: PageState, size: Size, actions: Actions): void {
  const at = probe ?? { x: Math.floor(size.width / 2), y: Math.floor(size.height / 2) };
  if (marking?.from) actions.chooseRegion(spanned({ from: marking.from, to: at }, undefined));
  else actions.mark({ from: at });
}

/** One map cell per key press; one pixel with Shift. */
function moved(state: PageState, size: Size, [dx, dy]: readonly [number, number], fine: boolean): Point {
  const from = state.probe;
  if (!from) return { x: Math.floor(size.width / 2), y: Math.floor(size.height / 2) };
  const { map } = shown(state);
  const covers = state.prediction?.fed.covers;
  const step = fine || !map || !covers ? { x: 1, y: 1 } : { x: covers.width / map.width, y: covers.height / map.height };
  return {
    x: within(from.x + dx * Math.max(1, Math.round(step.x)), size.width),
    y: within(from.y + dy * Math.max(1, Math.round(step.y)), size.height),
  };
}

function within(value: number, count: number): number {
  return Math.min(count - 1, Math.max(0, value));
}
