import type { RgbPixels } from '../../../src/shared/unitsProtocol.ts';
import type { Page } from '../flow.ts';

/** Longest side of what is kept: a list's picture on a sharp screen. */
const largest = 112;
/** Asked for together: the first ones are there before the last ones are read. */
const batch = 8;
/** Kept; the ones used longest ago are given back. */
const kept = 240;

/** Small pictures of images of the set as the network sees them: asked for when they are first wanted. */
export class SetThumbs {
  readonly #page: Page;
  readonly #changed: () => void;
  /** In order of use; undefined: it cannot be had. */
  readonly #thumbs = new Map<string, ImageBitmap | undefined>();
  readonly #wanted = new Set<string>();
  #asking = false;

  constructor(page: Page, changed: () => void) {
    this.#page = page;
    this.#changed = changed;
  }

  /** Undefined: not there yet (then the page draws anew when it is), or none. */
  get(path: string): ImageBitmap | undefined {
    if (this.#thumbs.has(path)) {
      const thumb = this.#thumbs.get(path);
      this.#thumbs.delete(path);
      this.#thumbs.set(path, thumb);
      return thumb;
    }
    // What is wanted again is on screen now.
    this.#wanted.delete(path);
    this.#wanted.add(path);
    if (!this.#asking) queueMicrotask(() => void this.#ask());
    return undefined;
  }

  /** Of another run: pictures are what its networks see. */
  clear(): void {
    for (const thumb of this.#thumbs.values()) thumb?.close();
    this.#thumbs.clear();
    this.#wanted.clear();
  }

  async #ask(): Promise<void> {
    if (this.#asking || this.#wanted.size === 0) return;
    this.#asking = true;
    // The ones wanted last are on screen.
    const images = [...this.#wanted].slice(-batch);
    for (const path of images) this.#wanted.delete(path);
    const run = this.#page.store.get().subject?.run?.id;
    try {
      const found = await this.#page.client.call('pictures', { images });
      const made = await Promise.all(found.map((picture) => picture && small(picture)));
      if (this.#page.store.get().subject?.run?.id === run) this.#keep(images, made);
    } catch {
      // A list without pictures says what it is about all the same.
      this.#keep(images, []);
    } finally {
      this.#asking = false;
      if (this.#wanted.size > 0) void this.#ask();
    }
  }

  #keep(images: readonly string[], made: readonly (ImageBitmap | undefined)[]): void {
    images.forEach((path, i) => {
      this.#thumbs.get(path)?.close();
      this.#thumbs.set(path, made[i]);
    });
    for (const [path, thumb] of this.#thumbs) {
      if (this.#thumbs.size <= kept) break;
      thumb?.close();
      this.#thumbs.delete(path);
    }
    this.#changed();
  }
}

async function small({ width, height, data }: RgbPixels): Promise<ImageBitmap | undefined> {
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  const factor = Math.min(1, largest / Math.max(width, height));
  const size = { resizeWidth: Math.max(1, Math.round(width * factor)), resizeHeight: Math.max(1, Math.round(height * factor)) };
  return await createImageBitmap(new ImageData(rgba, width, height), { ...size, resizeQuality: 'high' }).catch(() => undefined);
}
