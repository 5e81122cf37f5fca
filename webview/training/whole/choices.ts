import { type MatrixOrder, matrixOrders } from '../../confusion/matrixModel.ts';

export const wholeSections = ['scores', 'matrix', 'flips', 'dead', 'map', 'drift'] as const;
export type WholeSection = (typeof wholeSections)[number];

export const wholeLists = ['wrong', 'right', 'forgotten'] as const;
/** `wrong`, `right`: became so since the evaluated checkpoint before. `forgotten`: right once, wrong now. */
export type WholeList = (typeof wholeLists)[number];

export const wholeColours = ['label', 'predicted', 'wrong'] as const;
/** What the colour of a point of the map tells. */
export type WholeColour = (typeof wholeColours)[number];

export interface WholeChoices {
  folded: readonly WholeSection[];
  /** What stands in a cell of the matrix: pictures, or how many more or fewer than at the checkpoint before. */
  cells: 'counts' | 'change';
  order: MatrixOrder;
  list: WholeList;
  colour: WholeColour;
}

export const usualWhole: WholeChoices = { folded: [], cells: 'counts', order: 'class', list: 'wrong', colour: 'label' };

/** Anything unexpected is left out. */
export function restoreWhole(value: unknown): WholeChoices {
  const from: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  const one = <T extends string>(all: readonly T[], kept: unknown, usual: T) => all.find((each) => each === kept) ?? usual;
  const { folded } = from;
  return {
    folded: Array.isArray(folded) ? wholeSections.filter((id) => folded.includes(id)) : usualWhole.folded,
    cells: one(['counts', 'change'], from.cells, usualWhole.cells),
    order: one(matrixOrders, from.order, usualWhole.order),
    list: one(wholeLists, from.list, usualWhole.list),
    colour: one(wholeColours, from.colour, usualWhole.colour),
  };
}
