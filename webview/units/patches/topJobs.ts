import { isAbort, ModelError, toErrorRecord } from '../../../src/shared/errors.ts';
import type { UnitPatches } from '../../../src/shared/unitsProtocol.ts';
import type { Page } from '../feature.ts';
import { currentLayer, currentUnit } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { best, isDead, stampOf, wallUnits } from './selectors.ts';
import type { PatchesState, Top } from './state.ts';

/** Longest side of a small patch in the wall, pixels. */
const size = 96;

/** Units per call: what is scrolled past meanwhile waits for no more than that. */
const chunk = 12;

/** Units whose patches are kept though out of view: about 250 kB each. */
const kept = 150;

interface Flight {
  controller: AbortController;
  layer: string;
  stamp: string;
  units: readonly number[];
}

/** Asks for the patches of the units in view, from top to bottom; those scrolled past are given up. */
export class TopJobs {
  readonly #page: Page;
  #flight: Flight | undefined;

  constructor(page: Page) {
    this.#page = page;
  }

  sync(): void {
    const state = this.#page.store.get();
    const stamp = stampOf(state);
    const layer = currentLayer(state)?.name;
    if (stamp === undefined || layer === undefined || state.choices.view !== 'patches' || currentUnit(state) !== undefined) {
      this.drop();
      return;
    }
    const missing = missingUnits(state, stamp);
    const flight = this.#flight;
    if (flight && (flight.layer !== layer || flight.stamp !== stamp || !flight.units.some((unit) => missing.includes(unit)))) this.drop();
    if (!this.#flight && !state.patches.topsFailure && missing.length > 0) void this.#ask(layer, stamp, missing.slice(0, chunk));
  }

  drop(): void {
    this.#flight?.controller.abort();
    this.#flight = undefined;
  }

  async #ask(layer: string, stamp: string, units: readonly number[]): Promise<void> {
    const { store, client } = this.#page;
    const { subject } = store.get();
    if (!subject) return;
    const flight = { controller: new AbortController(), layer, stamp, units };
    this.#flight = flight;
    const take = (found: readonly UnitPatches[]) => this.#flight === flight && this.#take(found, stamp);
    try {
      const found = await client.call(
        'topPatches',
        { generation: subject.generation, layer, units, count: best, size },
        { signal: flight.controller.signal, onProgress: (one) => take([one]) },
      );
      take(found);
      this.#end(flight, unanswered(found, units));
    } catch (error) {
      this.#end(flight, error);
    }
  }

  #end(flight: Flight, error: unknown): void {
    if (this.#flight !== flight) return;
    this.#flight = undefined;
    // Stopped from elsewhere: the host is about to show something else.
    if (isAbort(error)) return;
    if (error !== undefined) this.#set({ topsFailure: toErrorRecord(error) });
    else this.sync();
  }

  #take(found: readonly UnitPatches[], stamp: string): void {
    const { tops, inView } = this.#page.store.get().patches;
    const now = new Map<number, Top>(tops);
    for (const patches of found) {
      if (now.get(patches.unit)?.stamp === stamp) continue;
      // The latest stand last, so that the oldest go first.
      now.delete(patches.unit);
      now.set(patches.unit, { stamp, patches });
    }
    for (const unit of now.keys()) {
      if (now.size <= kept) break;
      if (!inView.has(unit)) now.delete(unit);
    }
    this.#set({ tops: now });
  }

  #set(patch: Partial<PatchesState>): void {
    const { store } = this.#page;
    store.set({ patches: { ...store.get().patches, ...patch } });
  }
}

/** Those in view, in the order of sight, whose patches are not there or are of an earlier stamp. What never fires has none. */
function missingUnits(state: UnitsState, stamp: string): number[] {
  const { inView, tops, units } = state.patches;
  if (inView.size === 0 || !units.value) return [];
  return wallUnits(state).filter((unit) => inView.has(unit) && tops.get(unit)?.stamp !== stamp && !isDead(units.value, unit));
}

/** An answer without some of the units would be asked for without end. */
function unanswered(found: readonly UnitPatches[], units: readonly number[]): ModelError | undefined {
  const missing = units.find((unit) => !found.some((each) => each.unit === unit));
  return missing === undefined ? undefined : new ModelError('internal', `The engine gave no patches of unit ${missing}.`);
}
