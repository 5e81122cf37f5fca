import { isAbort, throwIfAborted, toErrorRecord } from '../../src/shared/errors.ts';
import type { MapProgress, MapRequest, MethodInfo, Outcome, PageCalls } from '../../src/shared/protocol.ts';
import type { Client } from '../../src/shared/rpc.ts';
import type { Store } from '../page/store.ts';
import { currentFamily, currentMethod, jobOf, keyOf, requestFor } from './selectors.ts';
import type { Job, PageState } from './state.ts';

/**
 * The map on screen first. Thumbs come behind other panels' predictions (0), and the steps of a slow method behind
 * everything: all the rest is short.
 */
const priority = { chosen: 10, thumbs: -5, slow: -10 };

/** A choice that moves (a slider, a key held down) is asked for where it rests so long, ms. */
const rest = { any: 90, slow: 250 };

/** Cells of finished maps kept in the page, 4 bytes each; the engine keeps more. */
const keptCells = 8e6;

/** The thumbs on their way: one call. */
interface Batch {
  controller: AbortController;
  pending: Set<string>;
}

/**
 * Asks for the maps that the present choices want and stops those no longer wanted. The chosen method is asked for by
 * itself; when its map is there, those of the other fast methods of the family on show come from one call, as thumbs. A
 * slow method runs only when it was chosen, then also while another one is looked at.
 */
export class MapJobs {
  readonly #store: Store<PageState>;
  readonly #client: Client<PageCalls>;
  /** Calls for one map each. */
  readonly #single = new Map<string, AbortController>();
  /** Slow ones among them that are not asked for yet: the person may only be passing by. */
  readonly #hesitating = new Set<string>();
  #batch: Batch | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store<PageState>, client: Client<PageCalls>) {
    this.#store = store;
    this.#client = client;
  }

  /** Call after every change of choices; called after every end of a job. */
  sync(): void {
    clearTimeout(this.#resting);
    this.#dropUnwanted();
    const state = this.#store.get();
    const method = currentMethod(state);
    const request = method && requestFor(state, method);
    if (method && request) this.#wantChosen(method, request);
    if (!this.#waitsForChosen()) this.#wantThumbs();
  }

  /** The same, when nothing has changed for a moment. */
  syncAtRest(): void {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.sync(), rest.any);
  }

  /** Stops what runs, the map on screen first; what there is of it stays. Returns whether anything ran. */
  cancel(): boolean {
    const state = this.#store.get();
    const method = currentMethod(state);
    const shown = method && jobOf(state, method);
    const [other] = this.#single.keys();
    const key = shown?.state === 'running' ? shown.key : other;
    if (key === undefined) return this.#cancelBatch();
    this.#abort(key);
    this.#batch?.pending.delete(key);
    this.#update(key, { state: 'stopped', secondsLeft: undefined });
    this.sync();
    return true;
  }

  /** Asks again for a failed or stopped job. The engine goes on where it stopped; until then its part stays on screen. */
  again(key: string): void {
    this.#update(key, { state: 'running', error: undefined });
    this.sync();
  }

  /** Stops everything: another subject is shown. */
  clear(): void {
    clearTimeout(this.#resting);
    for (const key of [...this.#single.keys()]) this.#abort(key);
    this.#batch?.controller.abort();
    this.#batch = undefined;
    this.#store.set({ jobs: new Map() });
  }

  #cancelBatch(): boolean {
    const batch = this.#batch;
    if (!batch) return false;
    this.#batch = undefined;
    batch.controller.abort();
    for (const key of batch.pending) this.#update(key, { state: 'stopped' });
    return true;
  }

  #abort(key: string): void {
    this.#single.get(key)?.abort();
    this.#single.delete(key);
  }

  #dropUnwanted(): void {
    const state = this.#store.get();
    const wanted = new Set(keysOf(state, state.methods));
    const thumbs = new Set(keysOf(state, thumbMethods(state)));
    const method = currentMethod(state);
    const chosen = method && jobOf(state, method)?.key;
    for (const key of [...this.#single.keys()]) {
      if (!wanted.has(key) || (this.#hesitating.has(key) && key !== chosen)) this.#abort(key);
    }
    if (this.#batch && ![...this.#batch.pending].every((key) => thumbs.has(key))) {
      this.#batch.controller.abort();
      this.#batch = undefined;
    }
    const onItsWay = (key: string) => this.#single.has(key) || this.#batch?.pending.has(key);
    // The chosen one may be about to run again.
    const lost = (job: Job) => job.state === 'running' && !onItsWay(job.key) && job.key !== chosen;
    const jobs = [...state.jobs.values()].filter((job) => !lost(job) && (wanted.has(job.key) || job.state === 'done'));
    const kept = new Set(withinBounds(jobs, wanted));
    if (kept.size < state.jobs.size) this.#store.set({ jobs: new Map(jobs.filter((job) => kept.has(job)).map((job) => [job.key, job])) });
  }

  #wantChosen(method: MethodInfo, request: MapRequest): void {
    const key = keyOf(request);
    const job = this.#store.get().jobs.get(key);
    // A thumb on its way that is chosen meanwhile is asked for by itself, too: whichever comes first.
    if (this.#single.has(key) || (job && job.state !== 'running')) return;
    void this.#explain(key, method, request);
  }

  async #explain(key: string, { slow }: MethodInfo, request: MapRequest): Promise<void> {
    const { subject, jobs } = this.#store.get();
    if (!subject) return;
    const controller = new AbortController();
    const { signal } = controller;
    this.#single.set(key, controller);
    this.#store.set({ jobs: new Map(jobs).set(key, jobs.get(key) ?? newJob(key, request)) });
    try {
      if (slow) await this.#hesitate(key);
      throwIfAborted(signal);
      const params = { generation: subject.generation, request, priority: slow ? priority.slow : priority.chosen };
      const onProgress = (value: MapProgress) => this.#single.get(key) === controller && this.#update(key, fromProgress(value));
      const map = await this.#client.call('explain', params, { signal, onProgress });
      if (this.#single.get(key) === controller) this.#finish(key, { map });
    } catch (error) {
      if (this.#single.get(key) === controller) this.#fail(key, error);
    }
  }

  async #hesitate(key: string): Promise<void> {
    this.#hesitating.add(key);
    await new Promise((resolve) => setTimeout(resolve, rest.slow));
    this.#hesitating.delete(key);
  }

  /** Thumbs wait for the chosen map unless that is a slow one, which they hardly delay. */
  #waitsForChosen(): boolean {
    const state = this.#store.get();
    const method = currentMethod(state);
    return method !== undefined && !method.slow && jobOf(state, method)?.state === 'running';
  }

  #wantThumbs(): void {
    const state = this.#store.get();
    if (this.#batch || !state.subject) return;
    const requests = thumbMethods(state).flatMap((method) => requestFor(state, method) ?? []);
    const missing = requests.filter((request) => !state.jobs.has(keyOf(request)));
    if (missing.length > 0) void this.#explainAll(missing, state.subject.generation);
  }

  async #explainAll(requests: readonly MapRequest[], generation: number): Promise<void> {
    const keys = requests.map(keyOf);
    const batch = { controller: new AbortController(), pending: new Set(keys) };
    this.#batch = batch;
    const jobs = new Map(this.#store.get().jobs);
    for (const request of requests) jobs.set(keyOf(request), newJob(keyOf(request), request));
    this.#store.set({ jobs });
    const take = (index: number, outcome: Outcome) => {
      const key = keys[index];
      if (key !== undefined && this.#batch === batch && batch.pending.delete(key)) this.#finish(key, outcome);
    };
    try {
      const outcomes = await this.#client.call(
        'explainAll',
        { generation, requests, priority: priority.thumbs },
        { signal: batch.controller.signal, onProgress: ({ index, outcome }) => take(index, outcome) },
      );
      for (const [index, outcome] of outcomes.entries()) take(index, outcome);
    } catch (error) {
      if (this.#batch === batch) for (const key of batch.pending) this.#fail(key, error);
    }
    if (this.#batch !== batch) return;
    this.#batch = undefined;
    this.sync();
  }

  #update(key: string, patch: Partial<Job>): void {
    const { jobs } = this.#store.get();
    const job = jobs.get(key);
    if (job) this.#store.set({ jobs: new Map(jobs).set(key, { ...job, ...patch }) });
  }

  #finish(key: string, outcome: Outcome): void {
    if ('error' in outcome) {
      this.#end(key, { state: 'failed', error: outcome.error });
      return;
    }
    const { map } = outcome;
    this.#store.set({ previous: { ...this.#store.get().previous, [map.method]: map } });
    this.#end(key, { state: 'done', map, progress: 1 });
  }

  #fail(key: string, error: unknown): void {
    this.#end(key, isAbort(error) ? { state: 'stopped' } : { state: 'failed', error: toErrorRecord(error) });
  }

  #end(key: string, patch: Partial<Job>): void {
    this.#abort(key);
    this.#batch?.pending.delete(key);
    this.#update(key, { ...patch, secondsLeft: undefined });
    this.sync();
  }
}

function newJob(key: string, request: MapRequest): Job {
  return { key, request, state: 'running', map: undefined, progress: 0, secondsLeft: undefined, error: undefined };
}

function fromProgress({ done, secondsLeft, partial }: MapProgress): Partial<Job> {
  return { progress: done, secondsLeft, ...(partial && { map: partial }) };
}

function keysOf(state: PageState, methods: readonly MethodInfo[]): string[] {
  return methods.flatMap((method) => {
    const request = requestFor(state, method);
    return request ? [keyOf(request)] : [];
  });
}

/** Methods whose maps are shown in small unasked. */
function thumbMethods(state: PageState): MethodInfo[] {
  const family = currentFamily(state);
  return state.methods.filter((method) => method.family === family && !method.slow);
}

/** The jobs still wanted and, newest first, as many others as there is room for; in their order. */
function withinBounds(jobs: readonly Job[], wanted: ReadonlySet<string>): Job[] {
  let cells = 0;
  const fits = (job: Job) => {
    cells += job.map?.values.length ?? 0;
    return wanted.has(job.key) || cells <= keptCells;
  };
  return jobs.toReversed().filter(fits).reverse();
}
