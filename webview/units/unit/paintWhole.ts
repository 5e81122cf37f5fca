import { colorIndex, colorTable } from '../../../src/shared/colorMaps.ts';
import type { Rect } from '../../../src/shared/protocol.ts';
import type { UnitMap } from '../../../src/shared/unitsProtocol.ts';

import { drawPicture } from './drawPicture.ts';
import { placedValues } from './placedValues.ts';

/** How much of the colours covers the picture where the unit is strongest. */
const opacity = 0.6;

/** Boxes in pixels of the network's input. */
export interface Boxes {
  field: Rect | undefined;
  effective: Rect | undefined;
}

/** The whole picture, the unit's positive values over it, and the boxes of one cell. */
export function paintWhole(context: CanvasRenderingContext2D, map: UnitMap, { field, effective }: Boxes): void {
  drawPicture(context, map.picture);
  colour(context, map);
  const { width, height } = context.canvas;
  const scale = { x: width / map.input[1], y: height / map.input[0] };
  if (field) frame(context, field, scale, []);
  if (effective) frame(context, effective, scale, [6, 4]);
}

/** Covers more the larger the value is: where the unit is silent the picture stays as it is. */
function colour(context: CanvasRenderingContext2D, map: UnitMap): void {
  const { width, height } = context.canvas;
  if (!(map.max > 0)) return;
  const values = placedValues(map, { width, height });
  const table = colorTable('viridis');
  const pixels = context.getImageData(0, 0, width, height);
  const { data } = pixels;
  for (let i = 0; i < values.length; i++) {
    const share = Math.max(0, (values[i] ?? 0) / map.max);
    const from = 3 * colorIndex(share);
    const cover = opacity * Math.min(1, share);
    for (let channel = 0; channel < 3; channel++) {
      const below = data[4 * i + channel] ?? 0;
      data[4 * i + channel] = below + cover * ((table[from + channel] ?? 0) - below);
    }
  }
  context.putImageData(pixels, 0, 0);
}

/** White on black, to be seen on any picture. */
function frame(context: CanvasRenderingContext2D, box: Rect, scale: { x: number; y: number }, dashes: number[]): void {
  const at = [box.x * scale.x, box.y * scale.y, box.width * scale.x, box.height * scale.y] as const;
  context.save();
  context.strokeStyle = '#000';
  context.lineWidth = 3;
  context.strokeRect(...at);
  context.strokeStyle = '#fff';
  context.lineWidth = 1.5;
  context.setLineDash(dashes);
  context.strokeRect(...at);
  context.restore();
}
