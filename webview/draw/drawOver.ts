import type { Size } from './geometry.ts';
import { contextOf } from './picture.ts';

/** Draws over the canvas what `color` says of each pixel: [red, green, blue, cover], bytes. */
export function drawOver(
  context: CanvasRenderingContext2D,
  size: Size,
  color: (pixel: number) => readonly [number, number, number, number],
): void {
  const layer = Object.assign(document.createElement('canvas'), { width: size.width, height: size.height });
  const pen = contextOf(layer);
  const pixels = pen.createImageData(size.width, size.height);
  for (let i = 0; i < size.width * size.height; i++) pixels.data.set(color(i), 4 * i);
  pen.putImageData(pixels, 0, 0);
  context.drawImage(layer, 0, 0);
}
