import { restoreSheet, type SheetChoices } from './sheetChoices.ts';

export const selectionOrders = ['given', 'confidence', 'name'] as const;
/** `given`: as whatever chose them has them. `confidence`: the surest first. */
export type SelectionOrder = (typeof selectionOrders)[number];

export interface SelectionChoices {
  order: SelectionOrder;
  sheet: SheetChoices;
}

export function restoreSelection({ order, sheet }: Record<string, unknown>): SelectionChoices {
  return {
    order: selectionOrders.find((id) => id === order) ?? 'given',
    sheet: restoreSheet(typeof sheet === 'object' && sheet !== null ? (sheet as Record<string, unknown>) : {}),
  };
}
