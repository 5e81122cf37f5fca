export const activationOrders = ['max', 'mean', 'unusual', 'unit'] as const;
/** `unusual`: by the largest value in multiples of the unit's threshold over the data set. */
export type ActivationOrder = (typeof activationOrders)[number];

export interface ActivationsChoices {
  order: ActivationOrder;
  /** Over the picture, or the map by itself. */
  over: boolean;
  /** Colours end at the largest value of the layer, or of each unit. */
  scale: 'shared' | 'own';
  /** Interpolated between the centres of cells. */
  smooth: boolean;
  /** For values from 0 on, and for those of either sign; undefined: the usual one. */
  colorMap?: string;
  divergingMap?: string;
}

export function restoreActivations(kept: Record<string, unknown>): ActivationsChoices {
  const { order, over, scale, smooth, colorMap, divergingMap } = kept;
  return {
    order: activationOrders.find((id) => id === order) ?? 'max',
    over: over !== false,
    scale: scale === 'own' ? 'own' : 'shared',
    smooth: smooth !== false,
    ...(typeof colorMap === 'string' && { colorMap }),
    ...(typeof divergingMap === 'string' && { divergingMap }),
  };
}
