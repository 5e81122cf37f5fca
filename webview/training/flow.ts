import { isAbort, toErrorRecord } from '../../src/shared/errors.ts';
import type { Client } from '../../src/shared/rpc.ts';
import type { TrainingLog, TrainingPageCalls, TrainingPageEvents, TrainingState } from '../../src/shared/trainingProtocol.ts';
import type { Store } from '../page/store.ts';
import type { Choices } from './choices.ts';
import { CloseUp } from './probes/closeUp.ts';
import { orderedImages } from './probes/order.ts';
import { Pictures } from './probes/pictures.ts';
import { newsText } from './probes/summaryText.ts';
import { Player } from './run/player.ts';
import { current, isFollowing, readCheckpoints } from './selectors.ts';
import type { PageState } from './state.ts';
import { withWholes } from './whole/columns.ts';
import { Whole } from './whole/whole.ts';

/** What every part of the page works on. */
export interface Page {
  store: Store<PageState>;
  client: Client<TrainingPageCalls>;
}

/** The host hears where the slider stands once it has come to rest, ms. */
const calm = 150;

/** From what the host tells to what the page shows, and from what the person does to the host. */
export class Flow {
  readonly #page: Page;
  readonly closeUp: CloseUp;
  readonly player: Player;
  readonly whole: Whole;
  readonly #pictures: Pictures;
  /** Of the frames that are there. */
  #generation = -1;
  #looking: ReturnType<typeof setTimeout> | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.closeUp = new CloseUp(page);
    this.#pictures = new Pictures(page);
    this.whole = new Whole(page, this);
    this.player = new Player({ store: page.store, lookAt: (checkpoint) => this.lookAt(checkpoint), release: () => this.release() });
    page.store.subscribe(() => {
      this.#pictures.look();
      this.closeUp.look();
    });
  }

  get client(): Page['client'] {
    return this.#page.client;
  }

  /** As it is at the moment. */
  get state(): PageState {
    return this.#page.store.get();
  }

  async begin(): Promise<void> {
    const { store, client } = this.#page;
    store.set({ failure: undefined });
    try {
      const { state, frames, wholes, logs } = await client.call('ready', {});
      const known = store.get().subject;
      // An event may have overtaken the reply.
      const subject = known && known.generation >= state.generation ? known : state;
      this.#turn(subject.generation);
      this.#askMethods(subject);
      // What was told meanwhile is newer.
      const newer = [...store.get().wholes].map(([checkpoint, whole]) => ({ checkpoint, whole }));
      store.set({ wholes: withWholes(new Map(), [...wholes, ...newer]) });
      if (state.generation !== this.#generation) return store.set({ subject });
      const told = store.get();
      store.set({
        ...{ subject, logs },
        frames: new Map([...frames.map(({ checkpoint, frames }) => [checkpoint, frames] as const), ...told.frames]),
      });
    } catch (error) {
      store.set({ failure: toErrorRecord(error) });
    }
  }

  hearState(subject: TrainingState): void {
    const { store } = this.#page;
    const before = store.get().subject;
    const isOtherRun = before?.run?.id !== subject.run?.id;
    this.#turn(subject.generation);
    const there = new Set(subject.checkpoints.map(({ id }) => id));
    // The same map where nothing goes: what is made of it is not made anew.
    const kept = <T>(all: ReadonlyMap<string, T>) =>
      [...all.keys()].every((id) => there.has(id)) ? all : new Map([...all].filter(([id]) => there.has(id)));
    store.set({
      ...{ subject, frames: kept(store.get().frames), wholes: kept(store.get().wholes) },
      ...(isOtherRun && { pictures: new Map(), logs: [] }),
    });
    if (before && before.following !== 'on' && subject.following === 'on') void this.begin();
  }

  /** With the first run: no engine is started where there is none. */
  #askMethods({ following }: TrainingState): void {
    if (following !== 'on' || this.#page.store.get().methods.length > 0) return;
    void this.ask(() => this.client.call('methods', {})).then((methods) => methods && this.#page.store.set({ methods }));
  }

  hearFrames({ generation, checkpoint, frames }: TrainingPageEvents['frames']): void {
    if (!this.#turn(generation)) return;
    const { store } = this.#page;
    store.set({ frames: new Map(store.get().frames).set(checkpoint, frames) });
    store.set({ news: newsText(store.get(), checkpoint) });
  }

  hearWhole({ generation, checkpoint, whole }: TrainingPageEvents['whole']): void {
    this.#turn(generation);
    const { store } = this.#page;
    store.set({ wholes: withWholes(store.get().wholes, [{ checkpoint, whole }]) });
  }

  hearLogs(logs: readonly TrainingLog[]): void {
    this.#page.store.set({ logs });
  }

  /**
   * Drops frames of an older generation: of other probes or maps; what was said of the whole set stays. False: what has just come is older,
   * too. Frames may come before the state that is of their generation.
   */
  #turn(generation: number): boolean {
    if (generation > this.#generation) {
      if (this.#generation >= 0) this.#page.store.set({ frames: new Map() });
      this.#generation = generation;
    }
    return generation === this.#generation;
  }

  /** Undefined: as if it had never been chosen. */
  choose(patch: { [K in keyof Choices]?: Choices[K] | undefined }): void {
    const { store } = this.#page;
    const choices = Object.fromEntries(Object.entries({ ...store.get().choices, ...patch }).filter(([, value]) => value !== undefined));
    store.set({ choices, notice: undefined });
  }

  /** Sets nothing that is kept. */
  show(patch: Partial<Pick<PageState, 'menu' | 'allFlips'>>): void {
    this.#page.store.set(patch);
  }

  /** There is room for so much, CSS pixels. */
  resized(width: number): void {
    // 0: it was taken away, and will be as wide as before when it is back.
    if (width > 0 && width !== this.#page.store.get().width) this.#page.store.set({ width });
  }

  /** The slider goes to a checkpoint; to the newest, it follows from then on. */
  lookAt(checkpoint: string): void {
    const { store } = this.#page;
    const { at: _, ...rest } = store.get().choices;
    const isNewest = readCheckpoints(store.get()).at(-1)?.id === checkpoint;
    if (current(store.get())?.id === checkpoint && isNewest === isFollowing(store.get())) return;
    store.set({ choices: isNewest ? rest : { ...rest, at: checkpoint } });
    this.#tellLooking();
  }

  /** The slider is on the move: rows stay where they are. */
  hold(): void {
    const { store } = this.#page;
    if (!store.get().held) store.set({ held: orderedImages(store.get()) });
  }

  release(): void {
    if (this.#page.store.get().held) this.#page.store.set({ held: undefined });
  }

  #tellLooking(): void {
    clearTimeout(this.#looking);
    this.#looking = setTimeout(() => {
      const now = current(this.#page.store.get());
      if (now) void this.ask(() => this.client.call('looking', { checkpoint: now.id }));
    }, calm);
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
