import type { WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { type ClassChange, classChanges } from '../../confusion/classChanges.ts';
import { cellsOf, confusionOf, countOf } from '../../confusion/confusion.ts';
import { type SetFlips, setFlips } from '../../confusion/setFlips.ts';

/** A cell of the confusion matrix whose count is another. */
export interface PairChange {
  label: number;
  predicted: number;
  from: number;
  to: number;
}

/** What changed on the data set from one checkpoint to another. Both are of the same images, row by row. */
export interface SetModel {
  from: WholeSet;
  to: WholeSet;
  flips: SetFlips;
  byClass: readonly ClassChange[];
  /** The largest change first. */
  pairs: readonly PairChange[];
}

let last: SetModel | undefined;

/** Undefined: they are of different images or classes. */
export function setModel(from: WholeSet, to: WholeSet): SetModel | undefined {
  if (last?.from === from && last.to === to) return last;
  if (!isSame(from.images, to.images) || !isSame(from.classes, to.classes)) return undefined;
  last = { from, to, flips: setFlips(from, to), byClass: classChanges(from, to), pairs: pairChanges(from, to) };
  return last;
}

function pairChanges(from: WholeSet, to: WholeSet): PairChange[] {
  const [before, now] = [confusionOf(from), confusionOf(to)];
  const cells = new Map(
    [...cellsOf(before), ...cellsOf(now)].map(({ label, predicted }) => [`${label} ${predicted}`, { label, predicted }]),
  );
  return [...cells.values()]
    .map(({ label, predicted }) => ({ label, predicted, from: countOf(before, label, predicted), to: countOf(now, label, predicted) }))
    .filter((each) => each.from !== each.to)
    .sort((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from) || a.label - b.label || a.predicted - b.predicted);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((each, i) => each === b[i]));
}
