import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import type { RgbPixels } from '../../../src/shared/unitsProtocol.ts';
import { drawPicture } from '../../draw/drawPicture.ts';
import { paintMap } from '../../draw/mapCanvas.ts';
import { penOf } from '../../draw/pen.ts';
import type { TileLook } from './sheetLook.ts';

/** Fills the canvas with what the network sees and the map over it; a flat map is left out. */
export function paintTile(context: CanvasRenderingContext2D, picture: RgbPixels, map: ExplanationMap, look: TileLook): void {
  drawPicture(context, picture);
  if (map.flat !== undefined) return;
  const { width, height } = context.canvas;
  const overlay = Object.assign(document.createElement('canvas'), { width, height });
  // A map of the network's input lies over all of it.
  paintMap(penOf(overlay), map, look, { x: 0, y: 0, width: picture.width, height: picture.height }, picture);
  context.save();
  context.globalAlpha = look.opacity;
  context.drawImage(overlay, 0, 0);
  context.restore();
}
