import type { Store } from '../../page/store.ts';
import { current, readCheckpoints } from '../selectors.ts';
import type { PageState } from '../state.ts';

/** Checkpoints that pass in a second. */
const perSecond = 4;

interface PlayerOptions {
  store: Store<PageState>;
  lookAt(checkpoint: string): void;
  /** It has come to rest. */
  release(): void;
}

/** Leads the slider over the checkpoints, from the first where it stands at the last, and ends there. */
export class Player {
  readonly #options: PlayerOptions;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: PlayerOptions) {
    this.#options = options;
  }

  start(): void {
    const { store, lookAt } = this.#options;
    const read = readCheckpoints(store.get());
    const [first] = read;
    if (this.#timer !== undefined || !first || read.length < 2) return;
    if (current(store.get()) === read.at(-1)) lookAt(first.id);
    store.set({ playing: true });
    this.#timer = setInterval(() => this.#step(), 1000 / perSecond);
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#options.store.set({ playing: false });
    this.#options.release();
  }

  #step(): void {
    const { store, lookAt } = this.#options;
    const read = readCheckpoints(store.get());
    const now = current(store.get());
    const next = read[read.findIndex(({ id }) => id === now?.id) + 1];
    if (next) lookAt(next.id);
    if (!next || next === read.at(-1)) this.stop();
  }
}
