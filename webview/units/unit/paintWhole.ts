import { colorIndex, colorTable } from '../../../src/shared/colorMaps.ts';
import type { Rect } from '../../../src/shared/protocol.ts';
import type { UnitMap } from '../../../src/shared/unitsProtocol.ts';
import { drawOver } from '../../draw/drawOver.ts';
import { drawPicture } from '../../draw/drawPicture.ts';
import { PlacedGrid } from '../../draw/placed.ts';

/** How much of the colours covers the picture where the unit is strongest. */
const opacity = 0.5;

/** Boxes in pixels of the network's input. */
export interface Boxes {
  field: Rect | undefined;
  effective: Rect | undefined;
}

/** A vector's one number lies nowhere in particular. */
export function isPlaced({ height, width }: Pick<UnitMap, 'height' | 'width'>): boolean {
  return height * width > 1;
}

/** The whole picture, the unit's positive values over it, and the boxes of one cell. */
export function paintWhole(context: CanvasRenderingContext2D, map: UnitMap, { field, effective }: Boxes): void {
  drawPicture(context, map.picture);
  colour(context, map);
  const { width, height } = context.canvas;
  const scale = { x: width / map.input[1], y: height / map.input[0] };
  if (field) frame(context, field, scale, []);
  if (effective) frame(context, effective, scale, [10, 7]);
}

/** Covers more the larger the value is: where the unit is silent the picture stays as it is. */
function colour(context: CanvasRenderingContext2D, map: UnitMap): void {
  const { width, height } = context.canvas;
  if (!(map.max > 0) || !isPlaced(map)) return;
  const values = new PlacedGrid(map.placement, map.input, { width, height }, true).values(map.values);
  const table = colorTable('viridis');
  drawOver(context, { width, height }, (pixel) => {
    const share = Math.min(1, Math.max(0, (values[pixel] ?? 0) / map.max));
    const from = 3 * colorIndex(share);
    return [table[from] ?? 0, table[from + 1] ?? 0, table[from + 2] ?? 0, 255 * opacity * share];
  });
}

/** White on black, to be seen on any picture. */
function frame(context: CanvasRenderingContext2D, box: Rect, scale: { x: number; y: number }, dashes: number[]): void {
  const at = [box.x * scale.x, box.y * scale.y, box.width * scale.x, box.height * scale.y] as const;
  context.save();
  context.strokeStyle = '#000';
  context.lineWidth = 4;
  context.strokeRect(...at);
  context.strokeStyle = '#fff';
  context.lineWidth = 2;
  context.setLineDash(dashes);
  context.strokeRect(...at);
  context.restore();
}
