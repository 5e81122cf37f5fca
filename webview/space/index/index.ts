import { isAbort, toErrorRecord } from '../../../src/shared/errors.ts';
import type { Indexing } from '../../../src/shared/spaceProtocol.ts';
import type { Feature, Page } from '../feature.ts';
import { currentLayer } from '../selectors.ts';
import type { IndexBarState } from './state.ts';

/** Up to so many images are indexed without a question. */
export const unasked = 5_000;
/** While images are indexed, the page takes up what is there so far, ms. */
const every = 10_000;

/** The index of the data set at the feature layer: how far it is, and the way to go on, pause, stop. */
export class Index implements Feature {
  readonly #page: Page;
  readonly #more: () => void;
  #about = '';
  #lastMore = 0;
  /** What was begun without a question: once is enough, also where it was deleted since. */
  readonly #begun = new Set<string>();

  /** `more`: there may be more rows than when it was last called. */
  constructor(page: Page, more: () => void) {
    this.#page = page;
    this.#more = more;
  }

  sync(): void {
    const state = this.#page.store.get();
    const layer = currentLayer(state)?.name;
    const { subject } = state;
    if (!subject || layer === undefined) return;
    const about = `${subject.generation} ${layer}`;
    if (about === this.#about) return;
    this.#about = about;
    void this.#look(subject.generation, layer, true);
  }

  clear(): void {
    this.#about = '';
  }

  leave(): boolean {
    return false;
  }

  /** The host tells what goes on. */
  hear(indexing: Indexing): void {
    const { store } = this.#page;
    const { index, subject } = store.get();
    const before = index.indexing;
    this.#set({ indexing });
    const layer = currentLayer(store.get())?.name;
    if (!subject || layer === undefined || layer !== indexing.layer) return;
    if (before?.state === 'running' && indexing.state !== 'running') {
      void this.#look(subject.generation, layer, false);
      this.#tellMore();
    } else if (indexing.state === 'running' && Date.now() - this.#lastMore > every) {
      this.#tellMore();
    }
  }

  start(): void {
    void this.#ask((generation, layer) => this.#page.client.call('startIndexing', { generation, layer }));
  }

  pause(): void {
    void this.#ask((generation) => this.#page.client.call('pauseIndexing', { generation }));
  }

  cancel(): void {
    void this.#ask((generation) => this.#page.client.call('cancelIndexing', { generation }));
  }

  /** Asks again: for what failed. */
  retry(): void {
    this.#about = '';
    this.sync();
  }

  #tellMore(): void {
    this.#lastMore = Date.now();
    this.#more();
  }

  /** `first`: of a small data set everything is indexed without a question. */
  async #look(generation: number, layer: string, first: boolean): Promise<void> {
    const { store, client } = this.#page;
    const isOn = () => store.get().subject?.generation === generation && currentLayer(store.get())?.name === layer;
    try {
      const { state, indexing } = await client.call('indexed', { generation, layer });
      if (!isOn()) return;
      this.#set({ state, indexing, error: undefined });
      const missing = state.images - state.indexed - state.unreadable;
      if (first && missing > 0 && state.images <= unasked && indexing.state === 'idle') this.#begin(layer);
    } catch (error) {
      if (isOn() && !isAbort(error)) this.#set({ error: toErrorRecord(error) });
    }
  }

  #begin(layer: string): void {
    const { space, subject } = this.#page.store.get();
    const work = [space?.model.hash, subject?.dataset?.label, layer].join('\n');
    if (this.#begun.has(work)) return;
    this.#begun.add(work);
    this.start();
  }

  async #ask(work: (generation: number, layer: string) => Promise<unknown>): Promise<void> {
    const { store } = this.#page;
    const { subject } = store.get();
    const layer = currentLayer(store.get())?.name;
    if (!subject || layer === undefined) return;
    try {
      await work(subject.generation, layer);
    } catch (error) {
      if (!isAbort(error)) this.#set({ error: toErrorRecord(error) });
    }
  }

  #set(patch: Partial<IndexBarState>): void {
    const { store } = this.#page;
    store.set({ index: { ...store.get().index, ...patch } });
  }
}
