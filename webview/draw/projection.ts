import type { Rect } from '../../src/shared/protocol.ts';
import type { Projection } from '../../src/shared/unitsProtocol.ts';
import { pixelTable } from './palette.ts';

const grey = 128;

/**
 * R G B bytes of a projection within `shown` (input pixels, whole ones): colours around mid-grey with one symmetric scale for all
 * three channels, as in figure 2 of Zeiler and Fergus 2014; a grey image's in blue and red. The scale ends at the 99.5th percentile of
 * |value|: a single bright pixel would leave all others grey. What the projection does not cover is 0.
 */
export function projectionPixels({ channels, values, box, max }: Projection, shown: Rect): ImageData {
  const reach = reachOf(values) || max;
  const width = Math.max(1, Math.round(shown.width));
  const height = Math.max(1, Math.round(shown.height));
  const picture = new ImageData(width, height);
  const pixels = new Uint32Array(picture.data.buffer);
  const at = { x: Math.round(shown.x - box.x), y: Math.round(shown.y - box.y) };
  const table = pixelTable('coolwarm');
  pixels.fill(channels === 3 ? opaque(grey, grey, grey) : (table[grey] ?? 0));
  const scale = reach > 0 ? 1 / reach : 0;
  const plane = box.width * box.height;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = column + at.x;
      const y = row + at.y;
      if (x < 0 || y < 0 || x >= box.width || y >= box.height) continue;
      const from = y * box.width + x;
      const signed = (channel: number) => (values[channel * plane + from] ?? 0) * scale;
      pixels[row * width + column] =
        channels === 3 ? opaque(byte(signed(0)), byte(signed(1)), byte(signed(2))) : (table[byte(signed(0))] ?? 0);
    }
  }
  return picture;
}

/** 0 where nearly all values are. */
function reachOf(values: Float32Array): number {
  const sizes = values.map(Math.abs).sort();
  return sizes[Math.floor(0.995 * (sizes.length - 1))] ?? 0;
}

/** −1 … 1 → 1 … 255 around mid-grey. */
function byte(signed: number): number {
  return Math.max(0, Math.min(255, Math.round(grey + 127 * signed)));
}

/** One pixel of an ImageData; the canvas is little-endian wherever a browser runs today, as in `pixelTable`. */
function opaque(red: number, green: number, blue: number): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
