import { axisOf } from '../axis.ts';
import type { PageState } from '../state.ts';
import type { Evaluated } from './selectors.ts';

interface Places {
  all: readonly Evaluated[];
  axis: ReturnType<typeof axisOf>['x'];
  x: readonly number[];
  at: readonly number[];
}

let last: Places | undefined;

/** Where the evaluated checkpoints stand on the run's axis: 0..1, and as its numbers. The same arrays as long as nothing is another. */
export function placesOf(state: PageState, all: readonly Evaluated[]): Places {
  const checkpoints = state.subject?.checkpoints ?? [];
  const { x: axis, place } = axisOf(checkpoints);
  if (last?.all !== all || last.axis !== axis) {
    const order = new Map(checkpoints.map(({ id }, i) => [id, i]));
    last = {
      ...{ all, axis, at: all.map(({ checkpoint }) => checkpoint.at) },
      x: all.map(({ checkpoint }) => place(order.get(checkpoint.id) ?? 0)),
    };
  }
  return last;
}

/** `epoch 3`, as numbers of the axis are told. */
export function axisText(state: PageState, at: number): string {
  return `${state.subject?.run?.axis ?? 'number'} ${at.toLocaleString('en')}`;
}
