import type { Client } from '../../src/shared/rpc.ts';
import type { SpacePageCalls } from '../../src/shared/spaceProtocol.ts';
import type { Store } from '../page/store.ts';
import { WantedPictures } from '../page/wantedPictures.ts';
import type { SpaceState } from './state.ts';

/** A small picture, ready to draw. */
export interface Thumb {
  bitmap: ImageBitmap;
  url: string;
}

/** Small pictures of images, from the index. */
export class Thumbs extends WantedPictures<Thumb> {
  constructor(store: Store<SpaceState>, client: Client<SpacePageCalls>) {
    super({
      ...{ batch: 96, kept: 6_000, give },
      async fetch(images) {
        const generation = store.get().subject?.generation ?? -1;
        const answers = await client.call('thumbnails', { generation, images });
        const made = await Promise.all(answers.map(thumbOf));
        if (store.get().subject?.generation === generation) return made;
        for (const thumb of made) if (thumb) give(thumb);
        return undefined;
      },
      changed: () => store.set({ thumbs: store.get().thumbs + 1 }),
    });
  }
}

async function thumbOf(jpeg: Uint8Array): Promise<Thumb | undefined> {
  if (jpeg.length === 0) return undefined;
  const blob = new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' });
  const bitmap = await createImageBitmap(blob).catch(() => undefined);
  return bitmap && { bitmap, url: URL.createObjectURL(blob) };
}

function give({ url, bitmap }: Thumb): void {
  URL.revokeObjectURL(url);
  bitmap.close();
}
