import type { Rect } from '../shared/protocol.ts';
import type { RgbPixels } from '../shared/unitsProtocol.ts';
import type { RgbImage } from './decode.ts';
import { resample } from './resample.ts';

/**
 * A part of an image, for a page to draw. `area`: in image pixels; what sticks out of the image is black. Shrunk, averaging over
 * all pixels, to at most `largest` pixels on its longer side; never enlarged.
 */
export function cut(image: Pick<RgbImage, 'width' | 'height' | 'data'>, area: Rect, largest: number): RgbPixels {
  const scale = Math.min(1, largest / Math.max(area.width, area.height));
  const width = pixels(area.width * scale);
  const height = pixels(area.height * scale);
  const columns = inside({ start: area.x, length: area.width }, image.width, width);
  const rows = inside({ start: area.y, length: area.height }, image.height, height);
  const data = new Uint8Array(width * height * 3);
  if (!columns || !rows) return { width, height, data };
  const box = { x: columns.start, y: rows.start, width: columns.length, height: rows.length };
  const source = { width: image.width, height: image.height, channels: 3, data: image.data };
  const part = resample(source, { box, width: columns.pixels, height: rows.pixels });
  for (let y = 0; y < rows.pixels; y++) {
    const row = part.data.subarray(y * columns.pixels * 3, (y + 1) * columns.pixels * 3);
    data.set(row, ((rows.at + y) * width + columns.at) * 3);
  }
  return { width, height, data };
}

/** A rectangle of the network's input as one of the image. `covers`: the part of the image that the input shows (`FedImage`). */
export function inImage(covers: Rect, input: { height: number; width: number }, box: Rect): Rect {
  const perX = covers.width / input.width;
  const perY = covers.height / input.height;
  return { x: covers.x + box.x * perX, y: covers.y + box.y * perY, width: box.width * perX, height: box.height * perY };
}

function pixels(length: number): number {
  return Math.max(1, Math.round(length));
}

interface Span {
  start: number;
  length: number;
}

/** What of a span lies within 0..size, and which of the `out` pixels that the span becomes show it. Undefined: nothing. */
function inside({ start, length }: Span, size: number, out: number): (Span & { at: number; pixels: number }) | undefined {
  const from = Math.max(0, start);
  const to = Math.min(size, start + length);
  if (to <= from) return undefined;
  const at = Math.min(Math.round(((from - start) * out) / length), out - 1);
  const end = Math.round(((to - start) * out) / length);
  return { start: from, length: to - from, at, pixels: Math.max(1, end - at) };
}
