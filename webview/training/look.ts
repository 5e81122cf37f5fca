import type { ColorScale } from '../../src/shared/colorScale.ts';
import type { MapLook } from '../draw/mapCanvas.ts';
import { colorMapFor } from '../draw/palette.ts';

/** How maps are drawn: page state only, computes nothing in the engine. */
export interface Look {
  /** 0..1, over the picture. */
  opacity: number;
  /** Of maps without a sign, and of those with one. */
  colorMap: string;
  divergingMap: string;
  /** Interpolated between cells. */
  smooth: boolean;
}

type Chosen = Partial<Look>;

export function opacityOf({ opacity = 0.5 }: Chosen): number {
  return opacity;
}

/** The look of one map, of which `drawn` are the values as they are drawn. */
export function lookOf(chosen: Chosen, scale: ColorScale, drawn: Float32Array): MapLook {
  return { scale: { ...scale, drawn, beyond: 0 }, colorMap: colorMapFor(scale, chosen), smooth: chosen.smooth ?? true };
}
