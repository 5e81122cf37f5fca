export const orders = ['max', 'active', 'unit', 'silent'] as const;
/** By the largest value, by the share of active cells, by number, dead and saturated ones first. */
export type Order = (typeof orders)[number];

export interface PatchesChoices {
  order: Order;
  /** Only units in this state. */
  only?: 'dead' | 'saturated';
  /** Small patches are enlarged smoothly rather than pixel by pixel. */
  smooth: boolean;
}

export function restorePatches({ order, only, smooth }: Record<string, unknown>): PatchesChoices {
  return {
    order: orders.find((each) => each === order) ?? 'max',
    ...((only === 'dead' || only === 'saturated') && { only }),
    smooth: smooth !== false,
  };
}
