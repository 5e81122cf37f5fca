import { isAbort, toErrorRecord } from '../../src/shared/errors.ts';
import type { Client } from '../../src/shared/rpc.ts';
import type { TrainingLog, TrainingPageCalls, TrainingPageEvents, TrainingState } from '../../src/shared/trainingProtocol.ts';
import type { Store } from '../page/store.ts';
import type { Choices } from './choices.ts';
import { current, readCheckpoints } from './selectors.ts';
import type { PageState } from './state.ts';

/** What every part of the page works on. */
export interface Page {
  store: Store<PageState>;
  client: Client<TrainingPageCalls>;
}

/** From what the host tells to what the page shows, and from what the person does to the host. */
export class Flow {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get client(): Page['client'] {
    return this.#page.client;
  }

  async begin(): Promise<void> {
    const { store, client } = this.#page;
    store.set({ failure: undefined });
    try {
      const { state, frames, wholes, logs, methods } = await client.call('ready', {});
      const known = store.get().subject;
      // An event may have overtaken the reply.
      const subject = known && known.generation >= state.generation ? known : state;
      const told = store.get();
      store.set({
        ...{ subject, methods, logs },
        frames: new Map([...frames.map(({ checkpoint, frames }) => [checkpoint, frames] as const), ...told.frames]),
        wholes: new Map([...wholes.map(({ checkpoint, whole }) => [checkpoint, whole] as const), ...told.wholes]),
      });
    } catch (error) {
      store.set({ failure: toErrorRecord(error) });
    }
  }

  hearState(subject: TrainingState): void {
    const { store } = this.#page;
    const before = store.get().subject;
    const isAnew = before !== undefined && before.generation !== subject.generation;
    const there = new Set(subject.checkpoints.map(({ id }) => id));
    const kept = <T>(all: ReadonlyMap<string, T>) => new Map(isAnew ? [] : [...all].filter(([id]) => there.has(id)));
    store.set({ subject, frames: kept(store.get().frames), wholes: kept(store.get().wholes) });
  }

  hearFrames({ checkpoint, frames }: TrainingPageEvents['frames']): void {
    const { store } = this.#page;
    store.set({ frames: new Map(store.get().frames).set(checkpoint, frames) });
  }

  hearWhole({ checkpoint, whole }: TrainingPageEvents['whole']): void {
    const { store } = this.#page;
    store.set({ wholes: new Map(store.get().wholes).set(checkpoint, whole) });
  }

  hearLogs(logs: readonly TrainingLog[]): void {
    this.#page.store.set({ logs });
  }

  choose(patch: Partial<Choices>): void {
    const { store } = this.#page;
    store.set({ choices: { ...store.get().choices, ...patch }, notice: undefined });
  }

  /** The slider goes to a checkpoint; to the newest, it follows from then on. */
  lookAt(checkpoint: string): void {
    const { store } = this.#page;
    const { at: _, ...rest } = store.get().choices;
    const isNewest = readCheckpoints(store.get()).at(-1)?.id === checkpoint;
    store.set({ choices: isNewest ? rest : { ...rest, at: checkpoint } });
    const now = current(store.get());
    if (now) void this.ask(() => this.client.call('looking', { checkpoint: now.id }));
  }

  say(notice: string | undefined): void {
    this.#page.store.set({ notice });
  }

  showLog(): void {
    void this.ask(() => this.client.call('showLog', {}));
  }

  /** Does something in the editor, and says where it failed. */
  async ask<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!isAbort(error)) this.say(toErrorRecord(error).message);
      return undefined;
    }
  }
}
