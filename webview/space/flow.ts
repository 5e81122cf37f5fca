import { isAbort, toErrorRecord } from '../../src/shared/errors.ts';
import type { SpaceRows, SpaceSubject, SpaceView } from '../../src/shared/spaceProtocol.ts';
import { Ask } from '../page/ask.ts';
import type { Choices } from './choices.ts';
import type { Feature, Page } from './feature.ts';
import { Index } from './index/index.ts';
import { LayoutMap } from './map/layoutMap.ts';
import { Mistakes } from './mistakes/mistakes.ts';
import { Neighbours } from './neighbours/neighbours.ts';
import { Selection } from './selection/selection.ts';
import { currentLayer } from './selectors.ts';
import { nothingYet } from './state.ts';

/** From a subject to the model's feature layers, from there to the indexed images, and to what the views ask of them. */
export class Flow {
  readonly #page: Page;
  readonly index: Index;
  readonly map: LayoutMap;
  readonly neighbours: Neighbours;
  readonly mistakes: Mistakes;
  readonly selection: Selection;
  readonly #rows: Ask<SpaceRows>;
  #runs = 0;

  constructor(page: Page) {
    this.#page = page;
    this.index = new Index(page, () => this.#moreRows());
    this.map = new LayoutMap(page, this);
    this.neighbours = new Neighbours(page, this);
    this.mistakes = new Mistakes(page, this);
    this.selection = new Selection(page, this);
    this.#rows = new Ask((rows) => {
      const before = page.store.get().rows.value;
      page.store.set({ rows });
      if (rows.value !== before) this.#syncFeatures();
    });
  }

  /** `before`: the subject the kept choices were made for. */
  async begin(before: SpaceSubject | undefined): Promise<void> {
    const { store, client } = this.#page;
    store.set({ failure: undefined });
    try {
      const { subject, layouts, methods } = await client.call('ready', {});
      store.set({ layouts, methods });
      // An event may have overtaken the reply.
      const known = store.get().subject;
      if (!known || known.generation <= subject.generation) this.show(subject, before);
    } catch (error) {
      store.set({ failure: toErrorRecord(error) });
    }
  }

  show(subject: SpaceSubject, before = this.#page.store.get().subject): void {
    const { store, thumbs } = this.#page;
    const { subject: now, choices } = store.get();
    if (now && subject.generation < now.generation) return;
    for (const feature of this.#features()) feature.clear();
    this.#rows.drop();
    thumbs.clear();
    const told = now !== undefined && now.generation === subject.generation;
    const turned = told ? choices : turn(choices, subject.turn);
    // Another model has other layers.
    const { layer: _, ...rest } = turned;
    const kept = before?.modelPath === subject.modelPath || subject.turn ? turned : rest;
    const isSame = now?.modelPath === subject.modelPath && subject.modelName !== undefined;
    store.set({ ...nothingYet(isSame ? store.get() : undefined), subject, choices: kept });
    if (subject.modelName !== undefined) void this.#open(subject);
  }

  /** What the host tells unasked. Of what is shown already nothing is asked anew: it is pinned now, or turns to a view or an image. */
  hear(subject: SpaceSubject): void {
    const { store } = this.#page;
    if (store.get().subject?.generation === subject.generation) {
      store.set({ subject });
      if (subject.turn) this.choose(turn(store.get().choices, subject.turn));
    } else {
      this.show(subject);
    }
  }

  async #open(subject: SpaceSubject): Promise<void> {
    const { store, client } = this.#page;
    const isCurrent = () => store.get().subject?.generation === subject.generation;
    try {
      const space = await client.call('featureLayers', { generation: subject.generation });
      if (!isCurrent()) return;
      store.set({ space });
      this.#sync();
    } catch (error) {
      if (isCurrent() && !isAbort(error)) store.set({ failure: toErrorRecord(error) });
    }
  }

  /** Changes choices of the page. */
  choose(patch: Partial<Choices>): void {
    const { store } = this.#page;
    store.set({ choices: { ...store.get().choices, ...patch }, notice: undefined });
    this.#sync();
  }

  chooseView(view: SpaceView): void {
    this.choose({ view });
  }

  chooseLayer(layer: string): void {
    this.choose({ layer });
  }

  /** The image in focus: lit on the map, its neighbours with it; undefined: none. */
  focus(path: string | undefined): void {
    const { focus: _, ...rest } = this.#page.store.get().choices;
    this.#page.store.set({ choices: path === undefined ? rest : { ...rest, focus: path }, notice: undefined });
    this.#sync();
  }

  /** The image's neighbours in a view of their own. */
  findSimilar(path: string): void {
    this.choose({ view: 'neighbours', focus: path });
  }

  /** Escape: what is open, then the image in focus. */
  leave(): boolean {
    for (const feature of this.#features()) if (feature.leave()) return true;
    const { view, focus } = this.#page.store.get().choices;
    if (view === 'neighbours' || focus === undefined) return false;
    this.focus(undefined);
    return true;
  }

  retry(): void {
    const { subject } = this.#page.store.get();
    if (!subject) void this.begin(undefined);
    else this.show(subject);
  }

  /** The engine no longer keeps the rows that something was asked of, or they failed. */
  renewRows(): void {
    this.#runs++;
    this.#sync();
  }

  /** Undefined: the editor asks which. */
  async chooseModel(candidate?: string): Promise<void> {
    await this.ask(() => this.client.call('chooseModel', candidate === undefined ? {} : { candidate }));
  }

  hideWarnings(): void {
    this.#page.store.set({ warningsHidden: true });
  }

  say(notice: string | undefined): void {
    this.#page.store.set({ notice });
  }

  /** Also where nothing else is there yet. */
  showLog(): void {
    this.client.call('showLog', {}).catch((error) => this.say(toErrorRecord(error).message));
  }

  /** Does something in the editor, and says where it failed. */
  async ask<T>(work: (generation: number) => Promise<T>): Promise<T | undefined> {
    const { subject } = this.#page.store.get();
    if (!subject) return undefined;
    try {
      return await work(subject.generation);
    } catch (error) {
      if (!isAbort(error)) this.say(toErrorRecord(error).message);
      return undefined;
    }
  }

  get client(): Page['client'] {
    return this.#page.client;
  }

  get thumbs(): Page['thumbs'] {
    return this.#page.thumbs;
  }

  #features(): readonly Feature[] {
    return [this.selection, this.map, this.neighbours, this.mistakes, this.index];
  }

  #moreRows(): void {
    this.#runs++;
    this.#syncRows();
  }

  #sync(): void {
    this.index.sync();
    this.#syncRows();
    this.#syncFeatures();
  }

  #syncFeatures(): void {
    for (const feature of [this.map, this.neighbours, this.mistakes, this.selection]) feature.sync();
  }

  #syncRows(): void {
    const state = this.#page.store.get();
    const layer = currentLayer(state)?.name;
    const { subject } = state;
    if (!subject || layer === undefined) this.#rows.drop();
    else
      this.#rows.want(`${subject.generation} ${layer}`, String(this.#runs), (signal) =>
        this.client.call('rows', { generation: subject.generation, layer }, { signal }),
      );
  }
}

function turn(choices: Choices, to: SpaceSubject['turn']): Choices {
  if (!to) return choices;
  return { ...choices, ...(to.view && { view: to.view }), ...(to.image && { focus: to.image.path }) };
}
