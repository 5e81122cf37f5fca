import { type Confusion, confusedPairs, mistakesOf } from './confusion.ts';
import { seriated, type Tie } from './seriation.ts';

export const matrixOrders = ['class', 'mistakes', 'confused'] as const;
/** `class`: the model's. `mistakes`: most mistakes first. `confused`: classes that are taken for each other are neighbours. */
export type MatrixOrder = (typeof matrixOrders)[number];

/** So many classes are read as a table with numbers. */
export const readable = 30;

/** Which classes a matrix shows, in which order. */
export interface Matrix {
  confusion: Confusion;
  /** Classes that are labels; then labels that the model has no class for. */
  rows: readonly number[];
  /** Classes that are predicted: the same ones, as far as the model has them. */
  columns: readonly number[];
  /** Classes that occur at all. */
  occurring: number;
  /** Mistakes between classes that are shown. */
  shown: number;
  /** Largest share of a class's images that is taken for one other: where the colours end. */
  reach: number;
}

let last: { confusion: Confusion; order: MatrixOrder; all: boolean; most: number; matrix: Matrix } | undefined;

/** `all`: every class that occurs; else, where there are more than `most`, those of the most frequent mistakes. */
export function matrixOf(confusion: Confusion, order: MatrixOrder, all: boolean, most = readable): Matrix {
  if (last?.confusion === confusion && last.order === order && last.all === all && last.most === most) return last.matrix;
  const occurring = occurringIn(confusion);
  const own = occurring.filter((of) => of < confusion.modelClasses);
  const columns = inOrder(confusion, all ? own : mostConfused(confusion, own, most), order);
  const foreign = occurring.filter((of) => of >= confusion.modelClasses);
  const isShown = new Set(columns);
  const shown = confusedPairs(confusion).filter(({ label, predicted }) => isShown.has(label) && isShown.has(predicted));
  const matrix = {
    confusion,
    rows: [...columns, ...(all ? foreign : foreign.slice(0, most))],
    columns,
    occurring: occurring.length,
    shown: shown.reduce((sum, { count }) => sum + count, 0),
    reach: shown.reduce((largest, { label, count }) => Math.max(largest, count / (confusion.labelled[label] as number)), 0),
  };
  last = { confusion, order, all, most, matrix };
  return matrix;
}

function occurringIn({ classes, labelled, predicted }: Confusion): readonly number[] {
  return Array.from({ length: classes }, (_, of) => of).filter((of) => (labelled[of] ?? 0) > 0 || (predicted[of] ?? 0) > 0);
}

/** More are not looked at one by one. */
const candidates = 2000;

/**
 * The classes with the most mistakes among each other: the one with the fewest is left out, again and again (Charikar 2000). Those in
 * the most mistakes may have none with each other.
 */
function mostConfused(confusion: Confusion, classes: readonly number[], most: number): readonly number[] {
  if (classes.length <= most) return classes;
  const kept = new Map(
    byMistakes(confusion, classes)
      .slice(0, candidates)
      .map((of) => [of, 0]),
  );
  const ties = new Map<number, { other: number; weight: number }[]>();
  for (const { a, b, weight } of tiesOf(confusion)) {
    if (!kept.has(a) || !kept.has(b)) continue;
    for (const [of, other] of [[a, b] as const, [b, a] as const]) {
      kept.set(of, (kept.get(of) ?? 0) + weight);
      ties.set(of, [...(ties.get(of) ?? []), { other, weight }]);
    }
  }
  while (kept.size > most) {
    const least = leastOf(kept);
    kept.delete(least);
    for (const { other, weight } of ties.get(least) ?? []) {
      const mistakes = kept.get(other);
      if (mistakes !== undefined) kept.set(other, mistakes - weight);
    }
  }
  return classes.filter((of) => kept.has(of));
}

/** The last one among equals: in the fewest mistakes of all. */
function leastOf(mistakes: ReadonlyMap<number, number>): number {
  let [found, fewest] = [-1, Number.POSITIVE_INFINITY];
  for (const [of, count] of mistakes) if (count <= fewest) [found, fewest] = [of, count];
  return found;
}

function byMistakes(confusion: Confusion, classes: readonly number[]): readonly number[] {
  return [...classes].sort((a, b) => mistakesOf(confusion, b) - mistakesOf(confusion, a) || a - b);
}

function inOrder(confusion: Confusion, classes: readonly number[], order: MatrixOrder): readonly number[] {
  if (order === 'class') return classes;
  return order === 'mistakes' ? byMistakes(confusion, classes) : seriated(classes, tiesOf(confusion));
}

/** How often two classes are taken for each other, either way. */
function tiesOf(confusion: Confusion): readonly Tie[] {
  const ties = new Map<number, Tie>();
  for (const { label, predicted, count } of confusedPairs(confusion)) {
    const [a, b] = [Math.min(label, predicted), Math.max(label, predicted)];
    const key = a * confusion.classes + b;
    ties.set(key, { a, b, weight: (ties.get(key)?.weight ?? 0) + count });
  }
  return [...ties.values()];
}
