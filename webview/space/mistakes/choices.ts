import { type MatrixOrder, matrixOrders } from '../../confusion/matrixModel.ts';

export const mistakeLists = ['confident', 'unsure', 'labels', 'pairs'] as const;
/** `confident`: wrong, the surest first. `unsure`: the smallest margin first. `labels`: neighbours disagree. `pairs`: of classes. */
export type MistakeList = (typeof mistakeLists)[number];

export interface MistakesChoices {
  /** What stands in a cell: a number of images, or their share of the row. */
  cells: 'counts' | 'shares';
  /** Undefined: the model's order where all classes fit, else confused ones beside each other. */
  order?: MatrixOrder;
  /** Every class, where there are too many to be read. */
  all: boolean;
  list: MistakeList;
}

export function restoreMistakes({ cells, order, all, list }: Record<string, unknown>): MistakesChoices {
  const known = matrixOrders.find((id) => id === order);
  return {
    cells: cells === 'shares' ? 'shares' : 'counts',
    ...(known && { order: known }),
    all: all === true,
    list: mistakeLists.find((id) => id === list) ?? 'confident',
  };
}
