import type { Pixels } from './resample.ts';
import { loadSharp } from './sharp.ts';

/** 8 bit PNG of grey (1), RGB (3) or RGBA (4) pixels. */
export async function encodePng({ width, height, channels, data }: Pixels): Promise<Uint8Array> {
  if (channels !== 1 && channels !== 3 && channels !== 4) throw new RangeError(`No PNG has ${channels} channels.`);
  const sharp = await loadSharp();
  const raw = { width, height, channels } as const;
  const image = sharp(data, { raw, limitInputPixels: false });
  const bytes = await (channels === 1 ? image.toColourspace('b-w') : image).png({ compressionLevel: 6 }).toBuffer();
  // Tight: sharp's buffer may be a part of a larger one, and this crosses process borders.
  return new Uint8Array(bytes);
}
