import { setImmediate as breath } from 'node:timers/promises';
import { throwIfAborted } from '../shared/errors.ts';

export interface StepOptions {
  signal?: AbortSignal;
  /** Share of the work done, 0..1. What it throws ends the work. */
  progress?: (done: number) => void;
}

/** Work of a thread between two turns of its event loop, ms. */
const turn = 30;

/** Between steps of long work: progress, cancelling, and now and then a turn of the event loop. */
export class Steps {
  readonly #options: StepOptions;
  #next = 0;
  #done = 0;

  constructor(options: StepOptions) {
    this.#options = options;
  }

  /** What is told never falls: some work turns out to be more than was thought. Throws ModelError('cancelled'). */
  async at(done: number): Promise<void> {
    const now = performance.now();
    if (now < this.#next) return;
    this.#done = Math.max(this.#done, done);
    this.#options.progress?.(this.#done);
    await breath();
    throwIfAborted(this.#options.signal);
    this.#next = performance.now() + turn;
  }
}
