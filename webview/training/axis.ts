import type { Checkpoint } from '../../src/shared/trainingProtocol.ts';

/**
 * The axis that everything over the run shares: the slider, the traces, the film strips, the logs. Checkpoints stand on it evenly, whatever
 * their numbers: each can be grasped and has room for its map. Numbers between two checkpoints stand between them in proportion, so that
 * where checkpoints come at even steps, as they mostly do, it is linear.
 */
export interface Axis {
  checkpoints: readonly Checkpoint[];
  from: number;
  to: number;
  /** Where a number of the run's axis stands, 0..1 between the first and the last checkpoint; what lies outside of them goes on at their mean step. */
  x(at: number): number;
  /** Where the checkpoint of that index stands. */
  place(index: number): number;
}

type Places = Pick<Axis, 'from' | 'to' | 'x' | 'place'>;

let last: { numbers: readonly number[]; places: Places } | undefined;

/** `x` is the same function as long as the numbers are the same, whatever else is told of the checkpoints. */
export function axisOf(checkpoints: readonly Checkpoint[]): Axis {
  const numbers = checkpoints.map(({ at }) => at);
  if (!last || last.numbers.length !== numbers.length || !numbers.every((at, i) => at === last?.numbers[i]))
    last = { numbers, places: placesOf(numbers) };
  return { checkpoints, ...last.places };
}

function placesOf(numbers: readonly number[]): Places {
  const end = numbers.length - 1;
  const from = numbers[0] ?? 0;
  const to = numbers[end] ?? from;
  const place = (index: number) => (end > 0 ? index / end : 0.5);
  const number = (index: number) => numbers[index] as number;
  const x = (at: number): number => {
    if (!(to > from)) return 0.5;
    if (at <= from) return (at - from) / (to - from);
    if (at >= to) return 1 + (at - to) / (to - from);
    let [low, high] = [0, end];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (number(middle) <= at) low = middle;
      else high = middle;
    }
    return place(low + (at - number(low)) / (number(high) - number(low)));
  };
  return { from, to, x, place };
}
