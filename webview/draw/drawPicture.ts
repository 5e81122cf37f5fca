import type { RgbPixels } from '../../src/shared/unitsProtocol.ts';
import { contextOf } from './picture.ts';
import { paintRgb } from './rgb.ts';

/** Fills the canvas with the picture. */
export function drawPicture(context: CanvasRenderingContext2D, picture: RgbPixels): void {
  const own = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
  paintRgb(contextOf(own), picture);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(own, 0, 0, context.canvas.width, context.canvas.height);
}
