import type { WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { cellsOf, confusionOf, countOf, recallOf } from '../../confusion/confusion.ts';

/** An image under both checkpoints; rows of the second's columns. */
export interface SetRow {
  row: number;
  /** Row of the first one's columns. */
  before: number;
  path: string;
}

export interface ClassChange {
  class: number;
  images: number;
  from: number;
  to: number;
}

/** A cell of the confusion matrix whose count is another. */
export interface PairChange {
  label: number;
  predicted: number;
  from: number;
  to: number;
}

/** What changed on the data set from one checkpoint to another. */
export interface SetModel {
  from: WholeSet;
  to: WholeSet;
  classes: readonly string[];
  rows: readonly SetRow[];
  /** The surest mistakes first; the surest of what is right now. */
  becameWrong: readonly SetRow[];
  becameRight: readonly SetRow[];
  /** The largest fall first. */
  byClass: readonly ClassChange[];
  /** The largest change first. */
  pairs: readonly PairChange[];
  /** Both have the same classes: what is counted can be subtracted. */
  fits: boolean;
}

let last: { of: readonly unknown[]; made: SetModel } | undefined;

export function setModel(from: WholeSet, to: WholeSet): SetModel {
  if (last?.of[0] === from && last.of[1] === to) return last.made;
  const made = compared(from, to);
  last = { of: [from, to], made };
  return made;
}

function compared(from: WholeSet, to: WholeSet): SetModel {
  const rowsBefore = new Map(from.images.map((path, row) => [path, row]));
  const rows = to.images.flatMap((path, row): SetRow[] => {
    const before = rowsBefore.get(path);
    return before === undefined ? [] : [{ row, before, path }];
  });
  const right = (of: WholeSet, row: number) => {
    const [label, said] = [of.labels[row] as number, of.predicted[row] as number];
    return label < 0 || said < 0 || label >= of.modelClasses ? undefined : label === said;
  };
  const sure = (a: SetRow, b: SetRow) => (to.confidence[b.row] as number) - (to.confidence[a.row] as number);
  const flipped = (now: boolean) => rows.filter(({ row, before }) => right(from, before) === !now && right(to, row) === now).sort(sure);
  const fits = from.classes.length === to.classes.length && from.classes.every((name, i) => name === to.classes[i]);
  return {
    ...{ from, to, classes: to.classes, rows, fits },
    ...{ becameWrong: flipped(false), becameRight: flipped(true) },
    byClass: fits ? classChanges(from, to) : [],
    pairs: fits ? pairChanges(from, to) : [],
  };
}

function classChanges(from: WholeSet, to: WholeSet): ClassChange[] {
  const [before, now] = [confusionOf(from), confusionOf(to)];
  return Array.from({ length: to.modelClasses }, (_, index) => ({
    ...{ class: index, images: now.labelled[index] as number, from: recallOf(before, index), to: recallOf(now, index) },
  }))
    .filter((each) => !Number.isNaN(each.from) && !Number.isNaN(each.to))
    .sort((a, b) => a.to - a.from - (b.to - b.from) || a.class - b.class);
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
