import type { RgbPixels } from '../../../src/shared/unitsProtocol.ts';
import { WantedPictures } from '../../page/wantedPictures.ts';
import type { Page } from '../flow.ts';

/** Longest side of what is kept: a list's picture on a sharp screen. */
const largest = 112;

/** Small pictures of images of the set as the network sees them: the first few are there before the last ones are read. */
export class SetThumbs extends WantedPictures<ImageBitmap> {
  constructor({ store, client }: Page, changed: () => void) {
    const run = () => store.get().subject?.run?.id;
    super({
      ...{ batch: 8, kept: 240, changed },
      async fetch(images) {
        const before = run();
        const found = await client.call('pictures', { images }).catch(() => []);
        const made = await Promise.all(found.map((picture) => picture && small(picture)));
        return run() === before ? made : undefined;
      },
      give: (picture) => picture.close(),
    });
  }
}

async function small({ width, height, data }: RgbPixels): Promise<ImageBitmap | undefined> {
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  const factor = Math.min(1, largest / Math.max(width, height));
  const size = { resizeWidth: Math.max(1, Math.round(width * factor)), resizeHeight: Math.max(1, Math.round(height * factor)) };
  return await createImageBitmap(new ImageData(rgba, width, height), { ...size, resizeQuality: 'high' }).catch(() => undefined);
}
