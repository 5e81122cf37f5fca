import type { UnitMap } from '../../../src/shared/unitsProtocol.ts';
import { drawOver } from '../../draw/drawOver.ts';
import { drawPicture } from '../../draw/drawPicture.ts';
import { PlacedGrid } from '../../draw/placed.ts';

/** Half of its width in pixels: a bright region of a dark picture is seen, too. */
const line = 1;
const edge = [255, 255, 255, 230] as const;

/** Black over what is not above the threshold: a quarter of its light is left. */
const dimmed = [0, 0, 0, 191] as const;
const bright = [0, 0, 0, 0] as const;

/** The picture, bright within a line where the unit's values lie above the threshold; undefined: all of it. */
export function paintThresholded(context: CanvasRenderingContext2D, map: UnitMap, threshold: number | undefined): void {
  drawPicture(context, map.picture);
  if (threshold === undefined) return;
  const { width, height } = context.canvas;
  const values = new PlacedGrid(map.placement, map.input, { width, height }, true).values(map.values);
  const isAbove = (x: number, y: number) =>
    (values[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))] ?? 0) > threshold;
  drawOver(context, { width, height }, (pixel) => {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const here = isAbove(x, y);
    const isEdge = [isAbove(x - line, y), isAbove(x + line, y), isAbove(x, y - line), isAbove(x, y + line)].some((there) => there !== here);
    return isEdge ? edge : here ? bright : dimmed;
  });
}
