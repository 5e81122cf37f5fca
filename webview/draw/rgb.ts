import type { RgbPixels } from '../../src/shared/unitsProtocol.ts';

/** Draws the pixels as they are, from the top left corner. `alpha`: one byte per pixel; undefined: opaque. */
export function paintRgb(context: CanvasRenderingContext2D, { width, height, data }: RgbPixels, alpha?: Uint8Array): void {
  const image = context.createImageData(width, height);
  const { data: rgba } = image;
  for (let i = 0; i < width * height; i++) {
    rgba[4 * i] = data[3 * i] ?? 0;
    rgba[4 * i + 1] = data[3 * i + 1] ?? 0;
    rgba[4 * i + 2] = data[3 * i + 2] ?? 0;
    rgba[4 * i + 3] = alpha?.[i] ?? 255;
  }
  context.putImageData(image, 0, 0);
}
