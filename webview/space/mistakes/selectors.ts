import type { Agreement, SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { confusionOf } from '../../confusion/confusion.ts';
import { type Matrix, type MatrixOrder, matrixOf, readable } from '../../confusion/matrixModel.ts';
import type { SpaceState } from '../state.ts';
import type { MistakeList } from './choices.ts';
import { confidentMistakes, doubtfulLabels, leastSure } from './rankings.ts';

/** What there is to judge by. */
export interface Known {
  /** Some image has a label. */
  labels: boolean;
  /** The outputs are class scores. */
  classes: boolean;
}

const known = new WeakMap<SpaceRows, Known>();

export function knownOf(rows: SpaceRows): Known {
  const before = known.get(rows);
  if (before) return before;
  const now = {
    labels: rows.labels.some((label) => label >= 0),
    classes: rows.modelClasses > 0 && rows.predicted.some((said) => said >= 0),
  };
  known.set(rows, now);
  return now;
}

/** The confusion matrix as it is on show. */
export function currentMatrix(rows: SpaceRows, { choices }: SpaceState): Matrix {
  const confusion = confusionOf(rows);
  return matrixOf(confusion, currentOrder(rows, choices.mistakes.order), choices.mistakes.all);
}

export function currentOrder(rows: SpaceRows, chosen: MatrixOrder | undefined): MatrixOrder {
  if (chosen) return chosen;
  const { labelled, predicted } = confusionOf(rows);
  const occurring = labelled.reduce((sum, count, of) => sum + (count > 0 || (predicted[of] as number) > 0 ? 1 : 0), 0);
  return occurring > readable ? 'confused' : 'class';
}

/** Lists that there is something to be said in. */
export function listsOf({ labels, classes }: Known): readonly MistakeList[] {
  if (labels && classes) return ['confident', 'unsure', 'labels', 'pairs'];
  if (classes) return ['unsure'];
  return labels ? ['labels'] : [];
}

/** The list on show: the chosen one where there is something to be said in it. */
export function currentList(rows: SpaceRows, { choices }: SpaceState): MistakeList | undefined {
  const lists = listsOf(knownOf(rows));
  return lists.find((id) => id === choices.mistakes.list) ?? lists[0];
}

const ranked = new WeakMap<SpaceRows, Map<MistakeList, readonly number[]>>();
const doubted = new WeakMap<Agreement, readonly number[]>();

/** Rows of a list in its order; undefined: not known yet, or it is no list of images. */
export function rankedRows(rows: SpaceRows, list: MistakeList, { mistakes }: SpaceState): readonly number[] | undefined {
  if (list === 'labels') return doubtedRows(rows, mistakes.agreement.value);
  const of = ranked.get(rows) ?? new Map<MistakeList, readonly number[]>();
  ranked.set(rows, of);
  const found = of.get(list) ?? (list === 'confident' ? confidentMistakes(rows) : list === 'unsure' ? leastSure(rows) : undefined);
  if (found) of.set(list, found);
  return found;
}

function doubtedRows(rows: SpaceRows, agreement: Agreement | undefined): readonly number[] | undefined {
  if (!agreement || agreement.revision !== rows.revision) return undefined;
  const found = doubted.get(agreement) ?? doubtfulLabels(rows, agreement);
  doubted.set(agreement, found);
  return found;
}
