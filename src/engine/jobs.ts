import { cancelled, throwIfAborted } from '../shared/errors.ts';

/** How urgent a job is, and what cancels it. */
export interface JobContext {
  /** Higher first. */
  priority: number;
  signal: AbortSignal;
}

interface Job {
  priority: number;
  order: number;
  start(): Promise<void>;
}

/**
 * Runs steps one at a time, highest priority first, then in order of arrival. A long job puts each of its batches in as
 * a step of its own, so that what is on screen never waits longer than one batch. A cancelled step never starts; the
 * caller of one that runs is free at once, the next step starts when it has ended.
 */
export class JobQueue {
  readonly #waiting: Job[] = [];
  #running = false;
  #order = 0;

  run<T>(priority: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      throwIfAborted(signal);
      const job: Job = {
        priority,
        order: this.#order++,
        start: async () => {
          try {
            throwIfAborted(signal);
            resolve(await work());
          } catch (error) {
            reject(error);
          } finally {
            signal.removeEventListener('abort', abort);
          }
        },
      };
      const abort = () => {
        const at = this.#waiting.indexOf(job);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(cancelled());
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.push(job);
      this.#waiting.sort((a, b) => b.priority - a.priority || a.order - b.order);
      void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    // Let callers of the same tick line up, so that the most urgent starts first.
    await Promise.resolve();
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) await job.start();
    this.#running = false;
  }
}
