import { isAbort, toErrorRecord } from '../../../src/shared/errors.ts';
import type { Filters } from '../../../src/shared/unitsProtocol.ts';
import type { Feature, Page } from '../feature.ts';
import { currentUnit } from '../selectors.ts';
import { Sight } from '../sight.ts';
import type { FiltersChoices } from './choices.ts';
import { type BankLayer, bankLayer, bytesPerUnit, canSort, chunkOf, currentLayout, unitOrder } from './selectors.ts';
import { type FiltersState, noFilters, type Reading } from './state.ts';

/** Kernels that are kept, bytes: those farthest from what was asked for last go first. */
const keptBytes = 80 << 20;

/** The kernels of the layer on show, range by range as they come into view. */
export class FilterBank implements Feature {
  readonly #page: Page;
  #flight: { layer: string; from: number; controller: AbortController } | undefined;
  /** Of the bands of units. */
  readonly sight: Sight;
  /** The unit whose own page stands, or stood last, in place of the kernels. */
  #away: number | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.sight = new Sight((inView) => {
      this.#set({ inView });
      this.#askNext();
    });
  }

  sync(): void {
    const state = this.#page.store.get();
    if (state.choices.view !== 'filters') this.#away = undefined;
    else this.#away = currentUnit(state) ?? this.#away;
    const layer = this.#wanted();
    if (!layer) {
      this.#stop();
      return;
    }
    if (this.#state.layer !== layer.name) {
      this.#stop();
      const { width, inView } = this.#state;
      this.#set({ ...noFilters, layer: layer.name, width, inView });
    }
    this.#askNext();
  }

  clear(): void {
    this.#stop();
  }

  leave(): boolean {
    return false;
  }

  choose(patch: Partial<FiltersChoices>): void {
    const { store } = this.#page;
    const { choices } = store.get();
    store.set({ choices: { ...choices, filters: { ...choices.filters, ...patch } } });
    this.#set({ reading: undefined });
    this.#askNext();
  }

  resized(width: number): void {
    if (this.#state.width !== width) this.#set({ width });
  }

  moveTo(cursor: number): void {
    if (this.#state.cursor !== cursor) this.#set({ cursor });
  }

  read(reading: Reading | undefined): void {
    if (reading !== undefined || this.#state.reading !== undefined) this.#set({ reading });
  }

  /** The kernels are back after a unit's own page: the unit that was on it last is in sight and has the focus. */
  returned(focus: (place: number) => void): void {
    const layer = this.#wanted();
    const unit = this.#away;
    this.#away = undefined;
    if (!layer || unit === undefined) return;
    const place = unitOrder(this.#page.store.get(), layer).indexOf(unit);
    this.moveTo(place);
    focus(place);
  }

  retry(): void {
    this.#set({ error: undefined });
    this.#askNext();
  }

  #wanted(): BankLayer | undefined {
    const state = this.#page.store.get();
    const isSeen = state.choices.view === 'filters' && currentUnit(state) === undefined;
    return isSeen ? bankLayer(state) : undefined;
  }

  #askNext(): void {
    const layer = this.#wanted();
    if (!layer || this.#flight || this.#state.error || this.#state.layer !== layer.name) return;
    const from = this.#ranges(layer).find((start) => !this.#state.parts.has(start));
    if (from !== undefined) void this.#ask(layer, from);
  }

  /** First units of the ranges that are needed: those in view first, all of them where they are to be sorted. */
  #ranges(layer: BankLayer): number[] {
    const state = this.#page.store.get();
    const chunk = chunkOf(layer.filters);
    const bands = currentLayout(state, layer)?.bands;
    if (!bands) return [];
    const order = unitOrder(state, layer);
    const ranges = new Set<number>();
    for (const band of [...state.filters.inView].sort((a, b) => a - b)) {
      for (const unit of order.subarray(band * bands.perBand, (band + 1) * bands.perBand)) ranges.add(Math.floor(unit / chunk) * chunk);
    }
    if (state.choices.filters.order === 'norm' && canSort(layer)) for (let at = 0; at < layer.units; at += chunk) ranges.add(at);
    return [...ranges];
  }

  async #ask(layer: BankLayer, from: number): Promise<void> {
    const { subject } = this.#page.store.get();
    if (!subject) return;
    const count = Math.min(chunkOf(layer.filters), layer.units - from);
    const flight = { layer: layer.name, from, controller: new AbortController() };
    this.#flight = flight;
    const isOn = () => this.#flight === flight;
    try {
      const params = { generation: subject.generation, layer: layer.name, from, count };
      const part = await this.#page.client.call('filters', params, { signal: flight.controller.signal });
      if (!isOn()) return;
      this.#flight = undefined;
      this.#set({ parts: this.#withPart(part, layer) });
      this.#askNext();
    } catch (error) {
      if (!isOn()) return;
      this.#flight = undefined;
      // Stopped from elsewhere: the host is about to show something else.
      if (!isAbort(error)) this.#set({ error: toErrorRecord(error) });
    }
  }

  #withPart(part: Filters, { filters }: BankLayer): FiltersState['parts'] {
    const parts = new Map(this.#state.parts).set(part.from, part);
    const most = Math.max(1, Math.floor(keptBytes / (chunkOf(filters) * bytesPerUnit(filters))));
    const farthestFirst = [...parts.keys()].sort((a, b) => Math.abs(b - part.from) - Math.abs(a - part.from));
    for (const from of farthestFirst.slice(0, Math.max(0, parts.size - most))) parts.delete(from);
    return parts;
  }

  #stop(): void {
    this.#flight?.controller.abort();
    this.#flight = undefined;
  }

  get #state(): FiltersState {
    return this.#page.store.get().filters;
  }

  #set(patch: Partial<FiltersState>): void {
    this.#page.store.set({ filters: { ...this.#state, ...patch } });
  }
}
