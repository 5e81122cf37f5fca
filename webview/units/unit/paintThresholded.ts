import type { UnitMap } from '../../../src/shared/unitsProtocol.ts';

import { drawPicture } from './drawPicture.ts';
import { placedValues } from './placedValues.ts';

/** What is left of the light where the unit is not above its threshold. */
const dimmed = 0.25;

/** The picture, bright where the unit's values lie above the threshold; undefined: all of it. */
export function paintThresholded(context: CanvasRenderingContext2D, map: UnitMap, threshold: number | undefined): void {
  drawPicture(context, map.picture);
  if (threshold === undefined) return;
  const { width, height } = context.canvas;
  const values = placedValues(map, { width, height });
  const pixels = context.getImageData(0, 0, width, height);
  const { data } = pixels;
  for (let i = 0; i < values.length; i++) {
    if ((values[i] ?? 0) > threshold) continue;
    for (let channel = 0; channel < 3; channel++) data[4 * i + channel] = (data[4 * i + channel] ?? 0) * dimmed;
  }
  context.putImageData(pixels, 0, 0);
}
