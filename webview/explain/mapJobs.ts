import { isAbort, toErrorRecord } from '../../src/shared/errors.ts';
import type { ExplanationMap, MapProgress, MapRequest, MethodInfo, PageCalls } from '../../src/shared/protocol.ts';
import type { Client } from '../../src/shared/rpc.ts';
import { currentMethod, jobOf, keyOf, requestFor, runningJobs } from './selectors.ts';
import type { Job, PageState } from './state.ts';
import type { Store } from './store.ts';

/** What is on screen first; slow methods behind everything else, also behind other panels' predictions (0). */
const priority = { current: 10, fast: 5, slow: -10 };

/** Finished maps kept in the page; the engine keeps more. */
const keptMaps = 64;

interface Wanted {
  method: MethodInfo;
  request: MapRequest;
  priority: number;
}

/** Asks for the maps that the present choices want, the one on screen first, and stops those no longer wanted. */
export class MapJobs {
  readonly #store: Store<PageState>;
  readonly #client: Client<PageCalls>;
  readonly #controllers = new Map<string, AbortController>();

  constructor(store: Store<PageState>, client: Client<PageCalls>) {
    this.#store = store;
    this.#client = client;
  }

  /** Call after every change of choices and after every end of a job. */
  sync(): void {
    const wanted = wantedMaps(this.#store.get());
    this.#dropUnwanted(new Set(wanted.map(({ request }) => keyOf(request))));
    for (const each of wanted) {
      if (this.#store.get().jobs.has(keyOf(each.request))) continue;
      if (each.priority === priority.slow && this.#fastRunning()) continue;
      this.#start(each);
    }
  }

  /** Stops what runs, the map on screen first; what there is of it stays. Returns whether anything ran. */
  cancel(): boolean {
    const state = this.#store.get();
    const method = currentMethod(state);
    const shown = method && jobOf(state, method);
    const job = shown?.state === 'running' ? shown : runningJobs(state)[0];
    if (!job) return false;
    this.#end(job.key, { state: 'stopped', secondsLeft: undefined });
    this.#controllers.get(job.key)?.abort();
    return true;
  }

  /** Forgets a failed or stopped job and asks again. */
  again(key: string): void {
    this.#remove([key]);
    this.sync();
  }

  /** Stops everything: another subject is shown. */
  clear(): void {
    this.#remove([...this.#store.get().jobs.keys()]);
  }

  #fastRunning(): boolean {
    const { methods } = this.#store.get();
    return runningJobs(this.#store.get()).some((job) => !methods.find((m) => m.id === job.request.method)?.slow);
  }

  #dropUnwanted(keys: ReadonlySet<string>): void {
    const jobs = [...this.#store.get().jobs.values()];
    const running = jobs.filter((job) => job.state !== 'done' && !keys.has(job.key));
    const done = jobs.filter((job) => job.state === 'done' && !keys.has(job.key));
    this.#remove([...running, ...done.slice(0, Math.max(0, done.length - keptMaps))].map((job) => job.key));
  }

  #remove(keys: readonly string[]): void {
    if (keys.length === 0) return;
    const jobs = new Map(this.#store.get().jobs);
    for (const key of keys) jobs.delete(key);
    this.#store.set({ jobs });
    for (const key of keys) {
      this.#controllers.get(key)?.abort();
      this.#controllers.delete(key);
    }
  }

  #start({ request, priority }: Wanted): void {
    const { subject, jobs } = this.#store.get();
    if (!subject) return;
    const key = keyOf(request);
    const controller = new AbortController();
    this.#controllers.set(key, controller);
    const job: Job = { key, request, state: 'running', map: undefined, progress: 0, secondsLeft: undefined, error: undefined };
    this.#store.set({ jobs: new Map(jobs).set(key, job) });
    const mine = () => this.#controllers.get(key) === controller && !controller.signal.aborted;
    this.#client
      .call(
        'explain',
        { generation: subject.generation, request, priority },
        {
          signal: controller.signal,
          onProgress: (value) => mine() && this.#update(key, fromProgress(value)),
        },
      )
      .then(
        (map) => mine() && this.#finish(key, map),
        (error) => mine() && this.#fail(key, error),
      );
  }

  #update(key: string, patch: Partial<Job>): void {
    const { jobs } = this.#store.get();
    const job = jobs.get(key);
    if (job) this.#store.set({ jobs: new Map(jobs).set(key, { ...job, ...patch }) });
  }

  #end(key: string, patch: Partial<Job>): void {
    this.#update(key, patch);
    this.sync();
  }

  #finish(key: string, map: ExplanationMap): void {
    this.#store.set({ previous: { ...this.#store.get().previous, [map.method]: map } });
    this.#end(key, { state: 'done', map, progress: 1, secondsLeft: undefined });
  }

  #fail(key: string, error: unknown): void {
    if (isAbort(error)) this.#end(key, { state: 'stopped', secondsLeft: undefined });
    else this.#end(key, { state: 'failed', error: toErrorRecord(error), secondsLeft: undefined });
  }
}

function fromProgress({ done, secondsLeft, partial }: MapProgress): Partial<Job> {
  return { progress: done, secondsLeft, ...(partial && { map: partial }) };
}

function wantedMaps(state: PageState): Wanted[] {
  const current = currentMethod(state);
  const rank = (method: MethodInfo) => (method === current ? priority.current : method.slow ? priority.slow : priority.fast);
  return state.methods
    .flatMap((method) => {
      const request = requestFor(state, method);
      return request ? [{ method, request, priority: rank(method) }] : [];
    })
    .sort((a, b) => b.priority - a.priority);
}
