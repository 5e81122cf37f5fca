import { isAbort, ModelError, toErrorRecord } from '../../../src/shared/errors.ts';
import type { MapRequest, Outcome, PageCalls } from '../../../src/shared/protocol.ts';
import type { Client } from '../../../src/shared/rpc.ts';
import type { Store } from '../../page/store.ts';
import { cellsInView } from '../../ui/paintedInView.ts';
import type { PageState } from '../state.ts';
import { type Cell, isSlow } from './cells.ts';
import { type CompareState, nothingCompared, type Running, type Side } from './compareState.ts';
import { comparison } from './comparison.ts';

/** Behind the map on screen in Explain, before other methods' maps there; slow ones last. */
const priority = { fast: 8, slow: -5 };

/** Up to so many maps one call asks for all; more come in view first, then by so many. */
const chunk = { all: 48, first: 32, next: 96 };

/** Maps kept though no longer in the grid; the engine keeps more. */
const kept = 400;

/** How long to wait for the browser to say what is in view, ms. */
const untilSeen = 80;

interface Flight {
  controller: AbortController;
  side: Side;
  /** Names of the maps (`asks`) in the order of the requests. */
  keys: readonly string[];
}

/** Asks for the maps of the comparison: the fast ones of a subject together, the slow ones one after the other. */
export class CompareJobs {
  readonly #store: Store<PageState>;
  readonly #client: Client<PageCalls>;
  readonly #flights = new Set<Flight>();
  #looked: readonly unknown[] = [];
  #planned = false;
  /** The comparison in view whose place in the window has had time to be known. */
  #placed: unknown;

  constructor(store: Store<PageState>, client: Client<PageCalls>) {
    this.#store = store;
    this.#client = client;
    store.subscribe(() => this.#soon());
  }

  /** Stops what runs. Returns whether anything did. */
  cancel(): boolean {
    if (this.#flights.size === 0) return false;
    this.#abort(() => true);
    this.#set({ stopped: true, running: new Map() });
    return true;
  }

  /** Once per turn, after everything that changed in it. */
  #soon(): void {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      this.#sync();
    });
  }

  #sync(): void {
    const state = this.#store.get();
    const { compare, prediction } = state;
    if (compare.of !== prediction) {
      this.#abort(() => true);
      this.#looked = [];
      this.#store.set({ compare: { ...nothingCompared, of: prediction, width: compare.width } });
      return;
    }
    const now = [comparison(state), compare.outcomes, compare.allowed, compare.stopped, state.choices.compare?.open];
    if (now.every((each, i) => each === this.#looked[i])) return;
    this.#looked = now;
    this.#plan(state);
  }

  #plan(state: PageState): void {
    const open = state.choices.compare?.open === true;
    const cells = open ? comparison(state).cells : [];
    const wanted = new Set(cells.map(({ asks }) => asks));
    this.#abort((flight) => !flight.keys.some((key) => wanted.has(key) && !state.compare.outcomes.has(key)));
    if (!open || state.compare.stopped) return;
    const pending = new Set([...this.#flights].flatMap(({ keys }) => keys));
    const missing = cells.filter(
      ({ asks, request, blocked }) => request && !blocked && !state.compare.outcomes.has(asks) && !pending.has(asks),
    );
    for (const side of ['own', 'image', 'model'] as const) this.#askFast(state, side, missing);
    this.#askSlow(state, missing);
  }

  #askFast(state: PageState, side: Side, missing: readonly Cell[]): void {
    const cells = distinct(missing.filter((cell) => cell.side === side && !isSlow(cell)));
    if (cells.length === 0) return;
    if (cells.length <= chunk.all) this.#askAll(state, side, cells);
    else if (![...this.#flights].some((flight) => flight.side === side)) this.#askSome(state, side, cells);
  }

  /** Too many for one call: those in view first. */
  #askSome(state: PageState, side: Side, cells: readonly Cell[]): void {
    const inView = cellsInView();
    const visible = cells.filter(({ key }) => inView.has(key));
    if (visible.length > 0) this.#askAll(state, side, visible.slice(0, chunk.first));
    else if (this.#placed === comparison(state)) this.#askAll(state, side, cells.slice(0, chunk.next));
    else this.#waitForView(state);
  }

  #waitForView(state: PageState): void {
    const waitsFor = comparison(state);
    setTimeout(() => {
      this.#placed = waitsFor;
      this.#looked = [];
      this.#soon();
    }, untilSeen);
  }

  #askAll(state: PageState, side: Side, cells: readonly Cell[]): void {
    const keys = cells.map(({ asks }) => asks);
    const flight = this.#start(side, keys);
    const requests = cells.map(({ request }) => request as MapRequest);
    const take = (found: readonly (readonly [number, Outcome])[]) => this.#isOn(flight) && this.#take(keys, found);
    this.#client
      .call(
        'explainAll',
        { ...this.#subject(state, side), requests, priority: priority.fast },
        { signal: flight.controller.signal, onProgress: ({ index, outcome }) => take([[index, outcome]]) },
      )
      .then(
        (outcomes) => {
          const found = outcomes.map((outcome, i) => [i, outcome] as const);
          take(found.filter(([i]) => !this.#store.get().compare.outcomes.has(keys[i] as string)));
          this.#end(flight);
        },
        (error) => this.#fail(flight, error),
      );
  }

  #askSlow(state: PageState, missing: readonly Cell[]): void {
    // After the fast ones, and one at a time: each takes the whole engine.
    if (this.#flights.size > 0) return;
    const cell = missing.find((each) => isSlow(each) && state.compare.allowed.has(each.asks));
    if (!cell?.request) return;
    const { asks: key, side, request } = cell;
    const flight = this.#start(side, [key]);
    this.#run(key, { done: 0, secondsLeft: undefined, partial: undefined });
    this.#client
      .call(
        'explain',
        { ...this.#subject(state, side), request, priority: priority.slow },
        {
          signal: flight.controller.signal,
          onProgress: ({ done, secondsLeft, partial }) => this.#isOn(flight) && this.#run(key, { done, secondsLeft, partial }),
        },
      )
      .then(
        (map) => {
          if (this.#isOn(flight)) this.#take([key], [[0, { map }]]);
          this.#end(flight);
        },
        (error) => this.#fail(flight, error),
      );
  }

  #subject({ subject, compare }: PageState, side: Side): { generation: number; other?: string } {
    const other = side === 'own' ? undefined : compare.others[side]?.subject.id;
    return { generation: subject?.generation ?? 0, ...(other !== undefined && { other }) };
  }

  #start(side: Side, keys: readonly string[]): Flight {
    const flight = { controller: new AbortController(), side, keys };
    this.#flights.add(flight);
    return flight;
  }

  #isOn(flight: Flight): boolean {
    return this.#flights.has(flight) && !flight.controller.signal.aborted;
  }

  #end(flight: Flight): void {
    if (!this.#flights.delete(flight)) return;
    this.#looked = [];
    this.#soon();
  }

  /** The call as a whole: each of its maps that is not there fails with it. */
  #fail(flight: Flight, error: unknown): void {
    if (!this.#isOn(flight)) return;
    if (isAbort(error)) {
      // Not from here: the host is about to show something else.
      this.#flights.delete(flight);
      this.#set({ stopped: true, running: new Map() });
      return;
    }
    const outcome = { error: toErrorRecord(error instanceof Error ? error : new ModelError('internal', String(error))) };
    const { outcomes } = this.#store.get().compare;
    const open = flight.keys.flatMap((key, i) => (outcomes.has(key) ? [] : [[i, outcome] as const]));
    this.#take(flight.keys, open);
    this.#end(flight);
  }

  #abort(which: (flight: Flight) => boolean): void {
    for (const flight of [...this.#flights].filter(which)) {
      this.#flights.delete(flight);
      flight.controller.abort();
      const running = new Map(this.#store.get().compare.running);
      if (flight.keys.filter((key) => running.delete(key)).length > 0) this.#set({ running });
    }
  }

  #run(key: string, running: Running): void {
    this.#set({ running: new Map(this.#store.get().compare.running).set(key, running) });
  }

  #take(keys: readonly string[], found: readonly (readonly [number, Outcome])[]): void {
    const { compare } = this.#store.get();
    const outcomes = new Map(compare.outcomes);
    const running = new Map(compare.running);
    for (const [index, outcome] of found) {
      const key = keys[index] as string;
      outcomes.set(key, outcome);
      running.delete(key);
    }
    this.#set({ outcomes: bounded(outcomes, comparison(this.#store.get()).cells), running });
  }

  #set(patch: Partial<CompareState>): void {
    this.#store.set({ compare: { ...this.#store.get().compare, ...patch } });
  }
}

/** Without the oldest that no cell shows, where there are too many. */
function bounded(outcomes: Map<string, Outcome>, cells: readonly Cell[]): Map<string, Outcome> {
  if (outcomes.size <= kept) return outcomes;
  const shown = new Set(cells.map(({ asks }) => asks));
  for (const key of outcomes.keys()) {
    if (outcomes.size <= kept) break;
    if (!shown.has(key)) outcomes.delete(key);
  }
  return outcomes;
}

function distinct(cells: readonly Cell[]): Cell[] {
  return [...new Map(cells.map((cell) => [cell.asks, cell])).values()];
}
