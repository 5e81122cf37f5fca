import type { Size } from '../../draw/geometry.ts';
import type { Actions } from '../actions.ts';
import { shown } from '../selectors.ts';
import type { PageState } from '../state.ts';

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
    move: (event: PointerEvent) => size && actions.probe(pixelUnder(event, size)),
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

function pixelUnder(event: PointerEvent, size: Size): PageState['probe'] {
  const frame = (event.currentTarget as Element).querySelector('[data-testid=frame]');
  if (!frame) return undefined;
  const box = frame.getBoundingClientRect();
  const x = Math.floor(((event.clientX - box.left) / box.width) * size.width);
  const y = Math.floor(((event.clientY - box.top) / box.height) * size.height);
  return x >= 0 && y >= 0 && x < size.width && y < size.height ? { x, y } : undefined;
}

function onKey(event: KeyboardEvent, state: PageState, size: Size, actions: Actions): boolean {
  const move = moves[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === '+' || event.key === '=') actions.zoom(state.zoom * 1.5);
  else if (event.key === '-') actions.zoom(state.zoom / 1.5);
  else if (event.key === '0') actions.zoom(1);
  else if (move) actions.probe(moved(state, size, move, event.shiftKey));
  else return false;
  return true;
}

/** One map cell per key press; one pixel with Shift. */
function moved(state: PageState, size: Size, [dx, dy]: readonly [number, number], fine: boolean): PageState['probe'] {
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
