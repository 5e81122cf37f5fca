import type { Scores } from './method.ts';

/**
 * A sum over answers that goes on where it stopped, as long as it is asked for the same scores: the partial maps of a
 * run together cost no more than its last one.
 */
export function runningSum<Sum>(
  begin: () => Sum,
  add: (sum: Sum, i: number, scores: Scores) => void,
): (scores: Scores, done: number) => Sum {
  let last: { scores: Scores; done: number; sum: Sum } | undefined;
  return (scores, done) => {
    if (last?.scores !== scores || last.done > done) last = { scores, done: 0, sum: begin() };
    for (; last.done < done; last.done++) add(last.sum, last.done, scores);
    return last.sum;
  };
}
