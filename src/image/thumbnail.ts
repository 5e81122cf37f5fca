import type { RgbImage } from './decode.ts';
import { loadSharp } from './sharp.ts';

/** Longest side of a thumbnail. */
const maxSide = 64;
/** Some 2 KB a photograph: 10⁵ of them have 200 MB. */
const quality = 75;

/** An image as JPEG of at most 64 pixels a side; what is smaller keeps its size. */
export async function thumbnailJpeg({ data, width, height }: RgbImage): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const small = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  // No fewer than one pixel: a panorama may be a hundred times as wide as high.
  return await small.resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true, kernel: 'linear' }).jpeg({ quality }).toBuffer();
}
