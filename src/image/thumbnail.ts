import { reducedTo } from '../shared/blockMeans.ts';
import type { RgbImage } from './decode.ts';
import { loadSharp } from './sharp.ts';

/** Longest side of a thumbnail. */
const maxSide = 64;
/** Some 2 KB a photograph: 10⁵ of them have 200 MB. */
const quality = 75;

type Pixels = Pick<RgbImage, 'data' | 'width' | 'height'>;

/** An image as JPEG of at most 64 pixels a side, more than half of that; what is smaller keeps its size. */
export async function thumbnailJpeg(image: Pixels): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { data, width, height } = reducedTo(image, maxSide);
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
}
