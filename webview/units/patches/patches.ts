import { isAbort, toErrorRecord } from '../../../src/shared/errors.ts';
import type { Collection, LayerUnits } from '../../../src/shared/unitsProtocol.ts';
import { Ask } from '../../page/ask.ts';
import { oncePerTurn } from '../../page/oncePerTurn.ts';
import type { Feature, Page } from '../feature.ts';
import { currentLayer, currentUnit } from '../selectors.ts';
import { Sight } from '../sight.ts';
import type { UnitsState } from '../state.ts';
import type { PatchesChoices } from './choices.ts';
import { Collecting } from './collecting.ts';
import { showsCollected, stampOf, startsByItself } from './selectors.ts';
import type { PatchesState } from './state.ts';
import { TopJobs } from './topJobs.ts';

/** What is collected of the layer on show: collecting, deleting, the units' numbers and the patches of those in view. */
export class Patches implements Feature {
  readonly #page: Page;
  readonly #collection: Ask<Collection>;
  readonly #units: Ask<LayerUnits>;
  readonly #collecting: Collecting;
  readonly #tops: TopJobs;
  readonly sight: Sight;
  #layer: string | undefined;
  /** A unit's own page stands in place of the wall. */
  #away = false;
  /** What was begun without a word: once is enough, also where it was deleted since. */
  readonly #begun = new Set<string>();
  /** The views that show what is collected are on screen. */
  #isSeen = false;
  /** Raised to look again at what is collected. */
  #looks = 0;

  constructor(page: Page) {
    this.#page = page;
    this.#collection = new Ask((collection) => this.#set({ collection }));
    this.#units = new Ask((units) => this.#set({ units }));
    this.#tops = new TopJobs(page);
    this.sight = new Sight((inView) => this.#set({ inView }));
    this.#collecting = new Collecting(page, () => {
      this.#looks++;
      this.sync();
    });
    page.store.subscribe(oncePerTurn(() => this.sync()));
  }

  sync(): void {
    const state = this.#page.store.get();
    const layer = showsCollected(state) ? currentLayer(state)?.name : undefined;
    // What is known stays for the way back, and is looked at again then.
    if (layer === undefined) {
      this.#isSeen = false;
      this.#away = false;
      this.#tops.drop();
      return;
    }
    if (!this.#isSeen) this.#looks++;
    this.#isSeen = true;
    this.#turnTo(layer);
    this.#follow(state);
    this.#askCollection(layer);
    this.#askUnits(layer);
    this.#keepOrder();
    this.#tops.sync();
    const { units, subject } = state;
    const work = [units?.model.hash, subject?.dataset?.label, layer].join('\n');
    if (this.#begun.has(work) || !startsByItself(this.#page.store.get())) return;
    this.#begun.add(work);
    this.collect();
  }

  clear(): void {
    this.#collecting.drop();
    this.#tops.drop();
    this.#layer = undefined;
    this.#collection.drop();
    this.#units.drop();
  }

  leave(): boolean {
    const state = this.#page.store.get();
    if (state.choices.view !== 'patches' || currentUnit(state) !== undefined) return false;
    if (state.patches.forgetting === 'asked') {
      this.#set({ forgetting: 'no' });
      return true;
    }
    return this.#collecting.stop();
  }

  choose(patch: Partial<PatchesChoices>): void {
    const { store } = this.#page;
    const { choices, patches } = store.get();
    // Asked for another order, the person gets that of now.
    const ordered = patches.units.value ?? patches.ordered;
    store.set({ choices: { ...choices, patches: { ...choices.patches, ...patch } }, patches: { ...patches, ordered } });
  }

  /** Shows only the units in this state, or all again. */
  chooseOnly(state: 'dead' | 'saturated' | undefined): void {
    const { store } = this.#page;
    const { choices } = store.get();
    const { only: _, ...rest } = choices.patches;
    store.set({ choices: { ...choices, patches: state === undefined ? rest : { ...rest, only: state } } });
  }

  /** Goes over the images for the layer on show. */
  collect(): void {
    const layer = currentLayer(this.#page.store.get())?.name;
    if (layer !== undefined) void this.#collecting.start([layer]);
  }

  /** Asks which layers, then goes over the images for all of them at once. */
  async collectOthers(): Promise<void> {
    const { store, client } = this.#page;
    const { subject } = store.get();
    const layer = currentLayer(store.get())?.name;
    if (!subject || layer === undefined) return;
    try {
      const layers = await client.call('chooseLayers', { generation: subject.generation, chosen: [layer] });
      if (layers && layers.length > 0) await this.#collecting.start(layers);
    } catch (error) {
      if (!isAbort(error)) store.set({ notice: toErrorRecord(error).message });
    }
  }

  stop(): void {
    this.#collecting.stop();
  }

  retryCollection(): void {
    this.#collection.again();
  }

  retryUnits(): void {
    this.#units.again();
  }

  retryTops(): void {
    this.#set({ topsFailure: undefined });
  }

  askForget(asked: boolean): void {
    this.#set({ forgetting: asked ? 'asked' : 'no' });
  }

  /** Deletes what is collected: of the layer on show, or of the model. */
  async forget(what: 'layer' | 'model'): Promise<void> {
    const { store, client } = this.#page;
    const { subject } = store.get();
    const layer = currentLayer(store.get())?.name;
    if (!subject || layer === undefined) return;
    this.#set({ forgetting: 'running' });
    try {
      await client.call('forgetCollected', { generation: subject.generation, ...(what === 'layer' && { layer }) });
    } catch (error) {
      if (!isAbort(error)) store.set({ notice: toErrorRecord(error).message });
    }
    if (store.get().subject !== subject) return;
    this.#looks++;
    // It does not come back by itself.
    const { runs } = store.get().patches;
    this.#set({ forgetting: 'no', stopped: true, skipped: [], runs: runs + 1, tops: new Map(), ordered: undefined });
  }

  /** The wall is back after a unit's own page: the unit is in sight and has the focus. */
  returned(wall: HTMLElement): void {
    const { focus } = this.#page.store.get().patches;
    if (!this.#away || !focus) return;
    this.#away = false;
    const cell = wall.querySelector<HTMLElement>(`[data-unit="${focus.unit}"][data-at="${focus.at}"]`);
    cell?.scrollIntoView({ block: 'center' });
    cell?.focus({ preventScroll: true });
  }

  focus(unit: number, at: number): void {
    const { focus } = this.#page.store.get().patches;
    if (focus?.unit !== unit || focus.at !== at) this.#set({ focus: { unit, at } });
  }

  /** Another layer has other units; a run that is under way goes on. */
  #turnTo(layer: string): void {
    if (layer === this.#layer) return;
    this.#layer = layer;
    this.#tops.drop();
    this.#set({
      tops: new Map(),
      topsFailure: undefined,
      collectFailure: undefined,
      ordered: undefined,
      focus: undefined,
      forgetting: 'no',
    });
  }

  /** Back from a unit's page, the wall shall be at the unit that was on it last. */
  #follow(state: UnitsState): void {
    const unit = currentUnit(state);
    if (state.choices.view !== 'patches') this.#away = false;
    else if (unit !== undefined) {
      this.#away = true;
      if (state.patches.focus?.unit !== unit) this.focus(unit, 0);
    }
  }

  #askCollection(layer: string): void {
    const generation = this.#page.store.get().subject?.generation;
    if (generation === undefined) this.#collection.drop();
    else
      this.#collection.want(layer, String(this.#looks), (signal) => this.#page.client.call('collected', { generation, layer }, { signal }));
  }

  #askUnits(layer: string): void {
    const state = this.#page.store.get();
    const { quantile } = state.choices;
    const stamp = stampOf(state);
    const generation = state.subject?.generation;
    if (generation === undefined || stamp === undefined) this.#units.drop();
    else
      this.#units.want(layer, `${stamp} ${quantile}`, (signal) =>
        this.#page.client.call('layerUnits', { generation, layer, quantile }, { signal }),
      );
  }

  /** While the images are gone over, the first order stays: nothing jumps away under the pointer. */
  #keepOrder(): void {
    const { units, ordered, collecting } = this.#page.store.get().patches;
    if (units.value && units.value !== ordered && !units.loading && (!collecting || !ordered)) this.#set({ ordered: units.value });
  }

  #set(patch: Partial<PatchesState>): void {
    const { store } = this.#page;
    store.set({ patches: { ...store.get().patches, ...patch } });
  }
}
