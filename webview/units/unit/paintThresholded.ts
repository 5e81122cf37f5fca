import type { UnitMap } from '../../../src/shared/unitsProtocol.ts';

import { PlacedGrid } from '../../draw/placed.ts';
import { drawPicture } from './drawPicture.ts';
import { drawOver } from './overlay.ts';

/** Black over what is not above the threshold: a quarter of its light is left. */
const dimmed = [0, 0, 0, 191] as const;
const bright = [0, 0, 0, 0] as const;

/** The picture, bright where the unit's values lie above the threshold; undefined: all of it. */
export function paintThresholded(context: CanvasRenderingContext2D, map: UnitMap, threshold: number | undefined): void {
  drawPicture(context, map.picture);
  if (threshold === undefined) return;
  const { width, height } = context.canvas;
  const values = new PlacedGrid(map.placement, map.input, { width, height }, true).values(map.values);
  drawOver(context, { width, height }, (pixel) => ((values[pixel] ?? 0) > threshold ? bright : dimmed));
}
