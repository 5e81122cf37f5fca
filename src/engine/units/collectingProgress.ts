import type { CollectProgress } from '../../shared/unitsProtocol.ts';

/** Reports are no closer than this, ms. */
const interval = 100;

/** Tells how far a collection is. */
export class CollectingProgress {
  readonly #total: number;
  readonly #report: (progress: CollectProgress) => void;
  readonly #start = performance.now();
  #reported = Number.NEGATIVE_INFINITY;
  #done = 0;

  constructor(total: number, report: (progress: CollectProgress) => void) {
    this.#total = total;
    this.#report = report;
  }

  /** One image more. */
  next(): void {
    this.at(this.#done + 1);
  }

  at(done: number): void {
    this.#done = done;
    const now = performance.now();
    if (now - this.#reported < interval && done < this.#total) return;
    this.#reported = now;
    const secondsLeft = done > 0 ? (((now - this.#start) / done) * (this.#total - done)) / 1000 : undefined;
    this.#report({ done, total: this.#total, secondsLeft });
  }
}
