import { isAbort, toErrorRecord } from '../../../src/shared/errors.ts';
import type { CollectProgress } from '../../../src/shared/unitsProtocol.ts';
import type { Page } from '../feature.ts';
import type { PatchesState } from './state.ts';

/** How often what is there so far is looked at while the images are gone over, ms: the engine writes at intervals. */
const every = 2000;

/** Goes over the images of the data set, one run at a time, and tells now and then that there may be more. */
export class Collecting {
  readonly #page: Page;
  readonly #more: () => void;
  #controller: AbortController | undefined;
  #look: ReturnType<typeof setTimeout> | undefined;

  /** `more`: there may be more than when it was last called. */
  constructor(page: Page, more: () => void) {
    this.#page = page;
    this.#more = more;
  }

  async start(layers: readonly string[]): Promise<void> {
    const { store, client } = this.#page;
    const { subject } = store.get();
    if (!subject || this.#controller) return;
    const controller = new AbortController();
    this.#controller = controller;
    const isOn = () => this.#controller === controller;
    this.#set({ collecting: { layers, progress: undefined }, stopped: false, collectFailure: undefined, skipped: [] });
    try {
      const { skipped } = await client.call(
        'collect',
        { generation: subject.generation, layers },
        { signal: controller.signal, onProgress: (progress) => isOn() && this.#progress(layers, progress) },
      );
      if (isOn()) this.#end({ skipped });
    } catch (error) {
      if (isOn()) this.#end(isAbort(error) ? { stopped: true } : { collectFailure: toErrorRecord(error) });
    }
  }

  /** What is collected stays. Returns whether anything ran. */
  stop(): boolean {
    if (!this.#controller) return false;
    this.#controller.abort();
    this.#end({ stopped: true });
    return true;
  }

  /** Another subject: nobody waits any more. */
  drop(): void {
    this.#controller?.abort();
    this.#rest();
  }

  #progress(layers: readonly string[], progress: CollectProgress): void {
    this.#set({ collecting: { layers, progress } });
    this.#look ??= this.#lookLater();
  }

  #lookLater(): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      // A look that takes its time on a busy machine is not given up for the next one.
      const isLooking = this.#page.store.get().patches.collection.loading;
      this.#look = isLooking ? this.#lookLater() : undefined;
      if (!isLooking) this.#more();
    }, every);
  }

  #rest(): void {
    this.#controller = undefined;
    clearTimeout(this.#look);
    this.#look = undefined;
  }

  #end(outcome: Partial<PatchesState>): void {
    this.#rest();
    const { runs } = this.#page.store.get().patches;
    this.#set({ collecting: undefined, runs: runs + 1, ...outcome });
    this.#more();
  }

  #set(patch: Partial<PatchesState>): void {
    const { store } = this.#page;
    store.set({ patches: { ...store.get().patches, ...patch } });
  }
}
