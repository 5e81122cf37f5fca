import type { Client } from '../../src/shared/rpc.ts';
import type { ComparisonPageCalls } from '../../src/shared/trainingProtocol.ts';
import type { RgbPixels } from '../../src/shared/unitsProtocol.ts';
import type { Store } from '../page/store.ts';
import type { ComparisonState } from './state.ts';

/** Asked for together. */
const batch = 32;

/** Small pictures of images as the network sees them: asked for when they are first wanted. */
export class Thumbs {
  readonly #store: Store<ComparisonState>;
  readonly #client: Client<ComparisonPageCalls>;
  /** Undefined: there is none. */
  readonly #thumbs = new Map<string, RgbPixels | undefined>();
  readonly #wanted = new Set<string>();
  #asking = false;

  constructor(store: Store<ComparisonState>, client: Client<ComparisonPageCalls>) {
    this.#store = store;
    this.#client = client;
  }

  /** Undefined: not there yet (then the page draws anew when it is), or none. */
  get(path: string): RgbPixels | undefined {
    if (this.#thumbs.has(path)) return this.#thumbs.get(path);
    this.#wanted.add(path);
    if (!this.#asking) queueMicrotask(() => void this.#ask());
    return undefined;
  }

  /** Those that could not be had may be there now. */
  forgetMissing(): void {
    for (const [path, pixels] of this.#thumbs) if (!pixels) this.#thumbs.delete(path);
  }

  async #ask(): Promise<void> {
    const { subject } = this.#store.get();
    if (this.#asking || !subject || this.#wanted.size === 0) return;
    this.#asking = true;
    const images = [...this.#wanted].slice(0, batch);
    for (const path of images) this.#wanted.delete(path);
    try {
      const pictures = await this.#client.call('thumbnails', { generation: subject.generation, images });
      images.forEach((path, i) => void this.#thumbs.set(path, pictures[i]));
      this.#store.set({ thumbs: this.#store.get().thumbs + 1 });
    } catch {
      // Of another subject they are asked anew when they are drawn; a row without its picture says what it is about all the same.
      const isAnew = this.#store.get().subject?.generation !== subject.generation;
      if (isAnew) this.#store.set({ thumbs: this.#store.get().thumbs + 1 });
      else for (const path of images) this.#thumbs.set(path, undefined);
    } finally {
      this.#asking = false;
      if (this.#wanted.size > 0) void this.#ask();
    }
  }
}
