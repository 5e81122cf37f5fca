import { isAbort, toErrorRecord } from '../../src/shared/errors.ts';
import type { UnitsSubject, UnitsView } from '../../src/shared/unitsProtocol.ts';
import { Activations } from './activations/activations.ts';
import type { Choices } from './choices.ts';
import type { Feature, Page } from './feature.ts';
import { FilterBank } from './filters/filterBank.ts';
import { Patches } from './patches/patches.ts';
import { currentLayer, currentUnit } from './selectors.ts';
import { nothingYet } from './state.ts';
import { UnitPage } from './unit/unitPage.ts';
import { Visualiser } from './visualise/visualiser.ts';

/** From a subject to the model's layers, and from there to what the views ask for. Replies of an older subject are dropped. */
export class Flow {
  readonly #page: Page;
  readonly activations: Activations;
  readonly patches: Patches;
  readonly unit: UnitPage;
  readonly filters: FilterBank;
  readonly visualise: Visualiser;
  #told = '';

  constructor(page: Page) {
    this.#page = page;
    this.activations = new Activations(page);
    this.patches = new Patches(page);
    this.unit = new UnitPage(page);
    this.filters = new FilterBank(page);
    this.visualise = new Visualiser(page);
  }

  /** `before`: the subject the kept choices were made for. */
  async begin(before: UnitsSubject | undefined): Promise<void> {
    const { store, client } = this.#page;
    store.set({ failure: undefined });
    try {
      const { subject, visualisers } = await client.call('ready', {});
      store.set({ visualisers });
      // An event may have overtaken the reply.
      const known = store.get().subject;
      if (!known || known.generation <= subject.generation) this.show(subject, before);
    } catch (error) {
      store.set({ failure: toErrorRecord(error) });
    }
  }

  show(subject: UnitsSubject, before = this.#page.store.get().subject): void {
    const { store } = this.#page;
    const { subject: now, choices } = store.get();
    if (now && subject.generation < now.generation) return;
    for (const feature of this.#features()) feature.clear();
    const told = now !== undefined && now.generation === subject.generation;
    const turned = told ? choices : turn(choices, subject.turn);
    // Another model has other layers and other units.
    const { layer: _, unit: __, ...rest } = turned;
    const kept = before?.modelPath === subject.modelPath || subject.turn ? turned : rest;
    const isSame = now?.modelPath === subject.modelPath && subject.modelName !== undefined;
    store.set({ ...nothingYet(isSame ? store.get() : undefined), subject, choices: kept });
    if (subject.modelName !== undefined) void this.#open(subject);
  }

  async #open(subject: UnitsSubject): Promise<void> {
    const { store, client } = this.#page;
    const isCurrent = () => store.get().subject === subject;
    try {
      const units = await client.call('unitLayers', { generation: subject.generation });
      if (!isCurrent()) return;
      store.set({ units });
      this.#sync();
    } catch (error) {
      if (isCurrent() && !isAbort(error)) store.set({ failure: toErrorRecord(error) });
    }
  }

  /** Changes choices of the page as a whole. */
  choose(patch: Partial<Choices>): void {
    const { store } = this.#page;
    store.set({ choices: { ...store.get().choices, ...patch }, notice: undefined });
    this.#sync();
  }

  /** A unit's own page gives way to the view. */
  chooseView(view: UnitsView): void {
    const { store } = this.#page;
    const { unit: _, ...rest } = store.get().choices;
    store.set({ choices: { ...rest, view }, notice: undefined });
    this.#sync();
  }

  /** Another layer: its units are others. */
  chooseLayer(layer: string): void {
    const { store } = this.#page;
    const { unit: _, ...rest } = store.get().choices;
    store.set({ choices: { ...rest, layer }, notice: undefined });
    this.#sync();
  }

  /** The layer before (−1) or after (1) the one on show, in order of depth. */
  stepLayer(by: -1 | 1): void {
    const state = this.#page.store.get();
    const layers = state.units?.layers ?? [];
    const at = layers.findIndex(({ name }) => name === currentLayer(state)?.name);
    const to = at < 0 ? undefined : layers[at + by];
    if (to) this.chooseLayer(to.name);
  }

  /** Opens a unit's own page. */
  openUnit(unit: number): void {
    this.choose({ unit });
  }

  closeUnit(): void {
    const { store } = this.#page;
    const { unit: _, ...rest } = store.get().choices;
    store.set({ choices: rest });
    this.#sync();
  }

  /** Escape: what runs on screen, then the unit's page. */
  leave(): boolean {
    for (const feature of this.#features()) if (feature.leave()) return true;
    if (currentUnit(this.#page.store.get()) === undefined) return false;
    this.closeUnit();
    return true;
  }

  retry(): void {
    const { subject } = this.#page.store.get();
    if (!subject) void this.begin(undefined);
    else this.show(subject);
  }

  /** Undefined: the editor asks which. */
  async chooseModel(candidate?: string): Promise<void> {
    await this.ask(() => this.client.call('chooseModel', candidate === undefined ? {} : { candidate }));
  }

  hideWarnings(): void {
    this.#page.store.set({ warningsHidden: true });
  }

  /** Also where nothing else is there yet. */
  showLog(): void {
    this.client.call('showLog', {}).catch((error) => this.#page.store.set({ notice: toErrorRecord(error).message }));
  }

  /** Does something in the editor, and says where it failed. */
  async ask(work: (generation: number) => Promise<unknown>): Promise<void> {
    const { store } = this.#page;
    const { subject } = store.get();
    if (!subject) return;
    try {
      await work(subject.generation);
    } catch (error) {
      if (!isAbort(error)) store.set({ notice: toErrorRecord(error).message });
    }
  }

  get client(): Page['client'] {
    return this.#page.client;
  }

  #features(): readonly Feature[] {
    return [this.unit, this.visualise, this.activations, this.patches, this.filters];
  }

  #sync(): void {
    for (const feature of this.#features()) feature.sync();
    this.#tellLayer();
  }

  /** Tells the host which layer is on screen, whenever it is another one. */
  #tellLayer(): void {
    const state = this.#page.store.get();
    const layer = currentLayer(state)?.name;
    const { subject } = state;
    if (!subject || layer === undefined) return;
    const now = `${subject.modelPath} ${layer}`;
    if (now === this.#told) return;
    this.#told = now;
    // Nobody waits for it: what went wrong is said where the layer is asked for.
    this.#page.client.call('layerShown', { generation: subject.generation, layer }).catch(() => {});
  }
}

function turn(choices: Choices, to: UnitsSubject['turn']): Choices {
  if (!to) return choices;
  const { unit: _, ...rest } = choices;
  const { view, layer, unit } = to;
  const turned = { ...rest, ...(view && { view }), ...(layer !== undefined && { layer }), ...(unit !== undefined && { unit }) };
  return to.class === undefined ? turned : { ...turned, visualise: { ...turned.visualise, class: to.class } };
}
