import { cancelled, throwIfAborted } from './errors.ts';
import type { CallContext } from './rpc.ts';

type Work = (context: CallContext<unknown>) => Promise<unknown>;

interface Job {
  controller: AbortController;
  result: Promise<unknown>;
  /** What it reported: the last thing, or everything. */
  said: readonly unknown[];
  listeners: Set<(value: unknown) => void>;
  callers: number;
}

/**
 * Runs each piece of work once, however many ask for it. A page that was hidden finds what it had asked for still running
 * when it is back; a page finds the work that the command had started before the page was there.
 */
export class SharedJobs {
  readonly #jobs = new Map<string, Job>();

  /**
   * `work` starts unless the same `key` is under way. Ends with 'cancelled' when `context.signal` is aborted. Who comes later
   * hears what was reported last, or `all` of it: where each report is a part of the result.
   */
  async run<Result, Progress>(
    key: string,
    context: CallContext<Progress>,
    work: (context: CallContext<Progress>) => Promise<Result>,
    replay: 'last' | 'all' = 'last',
  ): Promise<Result> {
    throwIfAborted(context.signal);
    const job = this.#jobs.get(key) ?? this.#start(key, work as Work, replay);
    const listener = context.progress as (value: unknown) => void;
    for (const value of job.said) listener(value);
    job.listeners.add(listener);
    job.callers++;
    try {
      return (await untilAborted(job.result, context.signal, () => this.#leave(key, job))) as Result;
    } finally {
      job.listeners.delete(listener);
    }
  }

  /** Starts work nobody waits for yet. */
  prepare(key: string, work: Work): void {
    if (!this.#jobs.has(key)) this.#start(key, work).result.catch(() => {});
  }

  /** The callers are gone without having cancelled: their work goes on for those who come next. */
  forsake(): void {
    for (const job of this.#jobs.values()) {
      job.callers = 0;
      job.listeners.clear();
    }
  }

  /** Ends all work. */
  abort(): void {
    for (const job of this.#jobs.values()) job.controller.abort();
    this.#jobs.clear();
  }

  #start(key: string, work: Work, replay: 'last' | 'all' = 'last'): Job {
    const controller = new AbortController();
    const job: Job = { controller, result: Promise.resolve(), said: [], listeners: new Set(), callers: 0 };
    const progress = (value: unknown) => {
      job.said = replay === 'all' ? [...job.said, value] : [value];
      for (const listener of job.listeners) listener(value);
    };
    this.#jobs.set(key, job);
    job.result = work({ signal: controller.signal, progress }).finally(() => this.#forget(key, job));
    return job;
  }

  #leave(key: string, job: Job): void {
    job.callers--;
    if (job.callers > 0) return;
    job.controller.abort();
    this.#forget(key, job);
  }

  #forget(key: string, job: Job): void {
    if (this.#jobs.get(key) === job) this.#jobs.delete(key);
  }
}

/** The same promise, but rejected at once with 'cancelled' when the signal is aborted. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal, aborted: () => void = () => {}): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => {
      aborted();
      reject(cancelled());
    };
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
  });
}
