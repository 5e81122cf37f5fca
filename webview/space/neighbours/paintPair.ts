import { type ColorMapId, colorIndex, colorTable } from '../../../src/shared/colorMaps.ts';
import type { PairSide } from '../../../src/shared/spaceProtocol.ts';
import { drawOver } from '../../draw/drawOver.ts';
import { drawPicture } from '../../draw/drawPicture.ts';
import { PlacedGrid } from '../../draw/placed.ts';

/** How much of the colours covers the picture where a region adds most. */
const opacity = 0.6;

/** One for both sides: the same colour is the same share of the cosine. */
export interface PairScale {
  /** Largest |value|. */
  largest: number;
  /** Some regions take away. */
  signed: boolean;
  colorMap: ColorMapId;
}

export function pairScale(sides: readonly [PairSide, PairSide]): PairScale {
  let [low, high] = [0, 0];
  for (const { values } of sides) {
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  // What is a rounding error below 0 takes nothing away.
  const signed = low < -1e-3 * high;
  return { largest: Math.max(-low, high), signed, colorMap: signed ? 'coolwarm' : 'viridis' };
}

/** The picture, and over it what its regions add to the likeness; where they add nothing it stays as it is. */
export function paintSide(context: CanvasRenderingContext2D, side: PairSide, { largest, signed, colorMap }: PairScale): void {
  drawPicture(context, side.picture);
  if (!(largest > 0)) return;
  const { width, height } = context.canvas;
  const values = new PlacedGrid(side.placement, side.input, { width, height }, true).values(side.values);
  const table = colorTable(colorMap);
  drawOver(context, { width, height }, (pixel) => {
    const value = values[pixel] ?? 0;
    const share = Number.isNaN(value) ? 0 : Math.min(1, Math.max(signed ? -1 : 0, value / largest));
    const from = 3 * colorIndex(signed ? 0.5 + share / 2 : share);
    return [table[from] ?? 0, table[from + 1] ?? 0, table[from + 2] ?? 0, 255 * opacity * Math.sqrt(Math.abs(share))];
  });
}
