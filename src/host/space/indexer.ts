import { isAbort, toErrorRecord } from '../../shared/errors.ts';
import type { Indexing, IndexResult, IndexState } from '../../shared/spaceProtocol.ts';
import type { EngineClient } from '../engineClient.ts';

/** An index: of a data set with a model at a layer. */
export interface IndexOf {
  /** Absolute path. */
  model: string;
  /** Folder that what is kept of the data set is in. */
  store: string;
  layer: string;
}

export interface IndexWork extends IndexOf {
  /** Of the data set as it is now; the same array as long as nothing has changed. */
  images: readonly string[];
}

interface Entry {
  of: IndexOf;
  indexing: Indexing;
  /** Ends the run under way. */
  run: AbortController | undefined;
  /** The images that were gone over to the end. */
  covered: readonly string[] | undefined;
}

/** Images that could not be read are listed up to so many. */
const listed = 100;
/** Progress is told of no more often, ms. */
const every = 100;

/**
 * Indexes data sets, whatever pages are open: a run goes on when its page is hidden or closed. One run at a time for each model and
 * data set.
 */
export class Indexer {
  readonly #engine: Pick<EngineClient, 'call'>;
  readonly #tell: (of: IndexOf, indexing: Indexing) => void;
  readonly #entries = new Map<string, Entry>();

  /** `tell`: called with whatever changes. */
  constructor(engine: Pick<EngineClient, 'call'>, tell: (of: IndexOf, indexing: Indexing) => void) {
    this.#engine = engine;
    this.#tell = tell;
  }

  /** What goes on, or went on last. */
  of(of: IndexOf): Indexing {
    return this.#entries.get(keyOf(of))?.indexing ?? nothing(of.layer);
  }

  /** Of all that run or have failed. */
  get notable(): readonly { of: IndexOf; indexing: Indexing }[] {
    return [...this.#entries.values()].filter(({ indexing: { state } }) => state === 'running' || state === 'failed');
  }

  /** Starts, or goes on; the same run once only. Another layer of the same data set is left where it is. */
  start(work: IndexWork): void {
    const { images, ...of } = work;
    const entry = this.#entry(of);
    if (entry.run) return;
    for (const other of this.#runs(of)) this.#end(other, 'idle');
    const { done, total } = entry.indexing.state === 'paused' ? entry.indexing : { done: 0, total: 0 };
    entry.covered = undefined;
    entry.run = new AbortController();
    this.#set(entry, { ...nothing(of.layer), state: 'running', done, total });
    void this.#work(entry, entry.run, images);
  }

  /** Stays paused until it is started again. */
  pause(of: Omit<IndexOf, 'layer'>): void {
    for (const entry of this.#runs(of)) this.#end(entry, 'paused');
  }

  /** Ends what runs or is paused. What is indexed stays. */
  cancel(of: Omit<IndexOf, 'layer'>): void {
    this.cancelWhere((each) => isSameSet(each, of));
  }

  cancelWhere(isMeant: (of: IndexOf) => boolean): void {
    for (const entry of this.#entries.values()) {
      const { state } = entry.indexing;
      if (isMeant(entry.of) && state !== 'idle') this.#end(entry, 'idle');
    }
  }

  /** Ends all of a model and knows nothing of it: its index is deleted. */
  forget(model: string): void {
    this.cancelWhere((of) => of.model === model);
    for (const [key, { of }] of this.#entries) if (of.model === model) this.#entries.delete(key);
  }

  /** How far the index is with these images. One that was whole goes on by itself with those that have come since. */
  look(work: IndexWork, state: IndexState): void {
    const entry = this.#entry(work);
    if (entry.indexing.state !== 'idle') return;
    const isWhole = state.images > 0 && state.indexed + state.unreadable >= state.images;
    if (isWhole) entry.covered = work.images;
    else if (entry.covered && entry.covered !== work.images) this.start(work);
  }

  async #work(entry: Entry, run: AbortController, images: readonly string[]): Promise<void> {
    let told = 0;
    try {
      const { signal } = run;
      const onProgress = (progress: { done: number; total: number; secondsLeft: number | undefined }) => {
        if (entry.run !== run) return;
        const now = performance.now();
        const indexing = { ...entry.indexing, ...progress };
        if (now - told < every) entry.indexing = indexing;
        else this.#set(entry, indexing);
        if (now - told >= every) told = now;
      };
      const result = await this.#engine.call('index', { ...entry.of, images }, { signal, onProgress });
      if (entry.run !== run) return;
      entry.run = undefined;
      entry.covered = images;
      this.#set(entry, ended(entry.indexing, result));
    } catch (error) {
      // Whoever ended it has said what became of it.
      if (entry.run !== run) return;
      entry.run = undefined;
      const how = isAbort(error) ? ({ state: 'idle' } as const) : ({ state: 'failed', error: toErrorRecord(error) } as const);
      this.#set(entry, { ...entry.indexing, secondsLeft: undefined, ...how });
    }
  }

  #end(entry: Entry, state: 'idle' | 'paused'): void {
    entry.run?.abort();
    entry.run = undefined;
    entry.covered = undefined;
    this.#set(entry, { ...entry.indexing, state, secondsLeft: undefined, error: undefined });
  }

  #runs(of: Omit<IndexOf, 'layer'>): Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.run && isSameSet(entry.of, of));
  }

  #entry({ model, store, layer }: IndexOf): Entry {
    const of = { model, store, layer };
    const key = keyOf(of);
    const known = this.#entries.get(key);
    if (known) return known;
    const entry: Entry = { of, indexing: nothing(layer), run: undefined, covered: undefined };
    this.#entries.set(key, entry);
    return entry;
  }

  #set(entry: Entry, indexing: Indexing): void {
    entry.indexing = indexing;
    this.#tell(entry.of, indexing);
  }
}

function ended({ layer, total }: Indexing, { skipped }: IndexResult): Indexing {
  return { ...nothing(layer), done: total, total, skipped: skipped.slice(0, listed), skippedCount: skipped.length };
}

function nothing(layer: string): Indexing {
  return { state: 'idle', layer, done: 0, total: 0, secondsLeft: undefined, skipped: [], skippedCount: 0, error: undefined };
}

function keyOf({ model, store, layer }: IndexOf): string {
  return [model, store, layer].join('\n');
}

function isSameSet(a: Omit<IndexOf, 'layer'>, b: Omit<IndexOf, 'layer'>): boolean {
  return a.model === b.model && a.store === b.store;
}
