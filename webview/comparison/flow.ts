import { isAbort, toErrorRecord } from '../../src/shared/errors.ts';
import type { Client } from '../../src/shared/rpc.ts';
import type {
  BothSides,
  ComparisonPageCalls,
  ComparisonPageEvents,
  ComparisonResults,
  ComparisonSubject,
  ProbeMapRequest,
} from '../../src/shared/trainingProtocol.ts';
import type { Store } from '../page/store.ts';
import { Asks } from './asks.ts';
import type { Choices } from './choices.ts';
import { Blink } from './pair/blink.ts';
import { pairAt } from './selectors.ts';
import { type ComparisonState, nothing, type Place } from './state.ts';
import { Thumbs } from './thumbs.ts';

/** What every part of the page works on. */
export interface Page {
  store: Store<ComparisonState>;
  client: Client<ComparisonPageCalls>;
}

/** From what the host tells to what the page shows, and from what the person does to the host. */
export class Flow {
  readonly #page: Page;
  readonly thumbs: Thumbs;
  readonly blink: Blink;
  readonly #asks: Asks;
  #blinks = false;
  /** Generation whose results are known: which picture comes first is not known before. */
  #heard: number | undefined;
  /** Pair that was asked for and is not shown yet. */
  #coming: BothSides<string> | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.thumbs = new Thumbs(page.store, page.client);
    this.blink = new Blink((flipped) => page.store.set({ flipped }));
    this.#asks = new Asks(page);
  }

  get client(): Page['client'] {
    return this.#page.client;
  }

  async begin(): Promise<void> {
    const { store, client } = this.#page;
    store.set({ failure: undefined });
    try {
      const { subject, methods, frames, wholes } = await client.call('ready', {});
      store.set({ methods });
      // An event may have overtaken the reply.
      const known = store.get().subject;
      if (known && known.generation > subject.generation) return;
      this.hear(subject);
      this.hearResults({ generation: subject.generation, frames, wholes });
    } catch (error) {
      store.set({ failure: toErrorRecord(error) });
    }
  }

  hear(subject: ComparisonSubject): void {
    const { store } = this.#page;
    const { subject: before, choices } = store.get();
    if (before && subject.generation < before.generation) return;
    const isAnew = before?.generation !== subject.generation;
    if (isAnew) this.#asks.forget();
    if (subject.from.id === this.#coming?.from && subject.to.id === this.#coming.to) this.#coming = undefined;
    const { image } = subject;
    const { explained: _, ...rest } = choices;
    // A reload finds what was chosen before it.
    const isOther = before !== undefined && isAnew;
    const kept = image !== undefined ? { ...rest, image, view: 'probe' as const } : isOther ? rest : choices;
    store.set({ subject, choices: kept, ...(isAnew && { results: nothing, passing: new Map(), place: undefined, lit: undefined }) });
    this.#sync();
    if (before && !isAnew && isMended(before, subject)) this.#asks.mended();
  }

  hearResults({ generation, frames, wholes }: ComparisonPageEvents['results']): void {
    const { store } = this.#page;
    if (store.get().subject?.generation !== generation) return;
    const results: ComparisonResults = { frames, wholes };
    store.set({ results });
    this.#heard = generation;
    // Maps that could not be had may be there now.
    this.thumbs.forgetMissing();
    this.#sync();
  }

  choose(patch: Partial<Choices>): void {
    const { store } = this.#page;
    store.set({ choices: { ...store.get().choices, ...patch }, notice: undefined });
    this.#sync();
  }

  /** Another picture is looked at closely: its own class is explained. */
  chooseImage(image: string, patch: Partial<Choices> = {}): void {
    const { store } = this.#page;
    const { explained: _, ...rest } = store.get().choices;
    store.set({ choices: { ...rest, ...patch, image }, place: undefined, notice: undefined });
    this.#sync();
  }

  /** Undefined: the true class, else what the second predicts. */
  explain(index: number | undefined): void {
    const { store } = this.#page;
    const { explained: _, ...rest } = store.get().choices;
    store.set({ choices: index === undefined ? rest : { ...rest, explained: index } });
    this.#sync();
  }

  /** Maps of this comparison's own; undefined: those of the training view. */
  chooseMaps(request: ProbeMapRequest | undefined): void {
    const { store } = this.#page;
    const { request: _, ...rest } = store.get().choices;
    this.#asks.stopPassing();
    store.set({ choices: request ? { ...rest, request } : rest, notice: undefined });
    this.#sync();
  }

  turn(from: string, to: string): void {
    this.#coming = { from, to };
    void this.ask(() => this.client.call('turn', { from, to }));
  }

  /** The pair before or after this one, or after the one that is on its way, at the same distance. */
  step(steps: number): void {
    const { subject } = this.#page.store.get();
    const pair = subject && pairAt(subject, steps, this.#coming);
    if (pair) this.turn(pair.from.id, pair.to.id);
    else this.say(steps < 0 ? 'This is the first pair of this distance.' : 'This is the last pair of this distance.');
  }

  flip(flipped: boolean): void {
    if (this.#page.store.get().flipped !== flipped) this.#page.store.set({ flipped });
  }

  point(place: Place | undefined): void {
    this.#page.store.set({ place });
  }

  light(lit: number | undefined): void {
    if (this.#page.store.get().lit !== lit) this.#page.store.set({ lit });
  }

  /** Escape: what is pointed at. */
  leave(): boolean {
    const { place, lit } = this.#page.store.get();
    if (!place && lit === undefined) return false;
    this.#page.store.set({ place: undefined, lit: undefined });
    return true;
  }

  retry(): void {
    this.#asks.again();
  }

  say(notice: string | undefined): void {
    this.#page.store.set({ notice });
  }

  showLog(): void {
    void this.ask(() => this.client.call('showLog', {}));
  }

  openImage(checkpoint: string, image: string): void {
    void this.ask((generation) => this.client.call('openImage', { generation, checkpoint, image }));
  }

  /** Does something in the editor, and says where it failed. */
  async ask<T>(work: (generation: number) => Promise<T>): Promise<T | undefined> {
    const { subject } = this.#page.store.get();
    try {
      return await work(subject?.generation ?? 0);
    } catch (error) {
      if (!isAbort(error)) this.say(toErrorRecord(error).message);
      return undefined;
    }
  }

  #sync(): void {
    if (this.#page.store.get().subject?.generation !== this.#heard) return;
    this.#syncBlink();
    this.#asks.sync();
  }

  #syncBlink(): void {
    const { view, arrangement } = this.#page.store.get().choices;
    const blinks = view === 'probe' && arrangement === 'blink';
    if (blinks === this.#blinks) return;
    this.#blinks = blinks;
    this.blink.set(blinks);
  }
}

/** Whether a checkpoint that was not complete, or not read, is now. */
function isMended(before: ComparisonSubject, now: ComparisonSubject): boolean {
  return (['from', 'to'] as const).some((side) => before[side].reading.state !== 'done' && now[side].reading.state === 'done');
}
