import type { RgbImage } from './decode.ts';
import { encodePng } from './png.ts';
import { resample } from './resample.ts';

/** Longest side of a picture made for the page: more than a panel shows, and small enough to send. */
const MAX_DISPLAY_SIDE = 4096;

/** An image as decoded (first frame, upright, 8 bit) for formats that a browser cannot draw. `width` and `height` are the PNG's. */
export async function displayPng(
  image: RgbImage,
  maxSide: number = MAX_DISPLAY_SIDE,
): Promise<{ png: Uint8Array; width: number; height: number }> {
  const shrink = Math.min(1, maxSide / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * shrink));
  const height = Math.max(1, Math.round(image.height * shrink));
  const pixels = { width: image.width, height: image.height, channels: 3, data: image.data };
  return { png: await encodePng(shrink < 1 ? resample(pixels, { width, height }) : pixels), width, height };
}
