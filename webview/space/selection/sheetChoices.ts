export const sheetTargets = ['predicted', 'label', 'difference'] as const;
/** What is explained of each image: its predicted class, its label, or the one rather than the other. */
export type SheetTarget = (typeof sheetTargets)[number];

export interface SheetChoices {
  /** MethodInfo.id; undefined: the usual one. */
  method?: string;
  target: SheetTarget;
  /** Colours end at the extreme values of each map, or of all. */
  scale: 'own' | 'shared';
  /** Of the map over the picture, 0..1. */
  opacity: number;
  /** For values from 0 on, and for those of either sign; undefined: the usual one. */
  colorMap?: string;
  divergingMap?: string;
}

export function restoreSheet(kept: Record<string, unknown>): SheetChoices {
  const { method, target, scale, opacity, colorMap, divergingMap } = kept;
  return {
    ...(typeof method === 'string' && { method }),
    target: sheetTargets.find((id) => id === target) ?? 'predicted',
    scale: scale === 'shared' ? 'shared' : 'own',
    opacity: typeof opacity === 'number' && opacity >= 0 && opacity <= 1 ? opacity : 0.55,
    ...(typeof colorMap === 'string' && { colorMap }),
    ...(typeof divergingMap === 'string' && { divergingMap }),
  };
}
