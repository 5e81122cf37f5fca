import type { Client } from '../../src/shared/rpc.ts';
import type { SpacePageCalls } from '../../src/shared/spaceProtocol.ts';
import type { Store } from '../page/store.ts';
import type { SpaceState } from './state.ts';

/** Asked for together. */
const batch = 96;
/** Kept; the ones used longest ago are given back. */
const kept = 6_000;

/** A small picture, ready to draw. */
export interface Thumb {
  bitmap: ImageBitmap;
  url: string;
}

/** Small pictures of images: asked for when they are first wanted, kept as long as there is room. */
export class Thumbs {
  readonly #store: Store<SpaceState>;
  readonly #client: Client<SpacePageCalls>;
  /** In order of use; undefined: there is none. */
  readonly #thumbs = new Map<string, Thumb | undefined>();
  readonly #wanted = new Set<string>();
  #asking = false;

  constructor(store: Store<SpaceState>, client: Client<SpacePageCalls>) {
    this.#store = store;
    this.#client = client;
  }

  /** Undefined: not there yet (then the page draws anew when it is), or none. */
  get(path: string): Thumb | undefined {
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

  /** Pictures may have changed. */
  clear(): void {
    for (const thumb of this.#thumbs.values()) give(thumb);
    this.#thumbs.clear();
    this.#wanted.clear();
  }

  async #ask(): Promise<void> {
    const { subject } = this.#store.get();
    if (this.#asking || !subject || this.#wanted.size === 0) return;
    this.#asking = true;
    // The ones wanted last are on screen.
    const images = [...this.#wanted].slice(-batch);
    for (const path of images) this.#wanted.delete(path);
    try {
      const answers = await this.#client.call('thumbnails', { generation: subject.generation, images });
      const made = await Promise.all(answers.map(thumbOf));
      if (this.#store.get().subject?.generation === subject.generation) this.#keep(images, made);
      else made.forEach(give);
    } catch {
      // A page without a small picture says what it is about all the same; of another subject they are asked anew.
    } finally {
      this.#asking = false;
      if (this.#wanted.size > 0) void this.#ask();
    }
  }

  #keep(images: readonly string[], made: readonly (Thumb | undefined)[]): void {
    images.forEach((path, i) => {
      give(this.#thumbs.get(path));
      this.#thumbs.set(path, made[i]);
    });
    for (const [path, thumb] of this.#thumbs) {
      if (this.#thumbs.size <= kept) break;
      give(thumb);
      this.#thumbs.delete(path);
    }
    this.#store.set({ thumbs: this.#store.get().thumbs + 1 });
  }
}

async function thumbOf(jpeg: Uint8Array): Promise<Thumb | undefined> {
  if (jpeg.length === 0) return undefined;
  const blob = new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' });
  const bitmap = await createImageBitmap(blob).catch(() => undefined);
  return bitmap && { bitmap, url: URL.createObjectURL(blob) };
}

function give(thumb: Thumb | undefined): void {
  if (!thumb) return;
  URL.revokeObjectURL(thumb.url);
  thumb.bitmap.close();
}
