import { cancelled } from '../../shared/errors.ts';

const goOn = 0;
const stop = 1;
const cancel = 2;

/** What a thread is handed of a control. */
export type SharedControl = SharedArrayBuffer;

/**
 * What the caller of a computation in another thread wishes of it. Loops that leave no time for messages look at it between their
 * steps: it lies in memory that both sides see.
 */
export class Control {
  readonly shared: SharedControl;
  /** [wish, reports that were taken]. */
  readonly #cells: Int32Array;

  constructor(shared: SharedControl = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#cells = new Int32Array(shared);
  }

  /** End at the step you are at, with what you have. */
  stop(): void {
    Atomics.compareExchange(this.#cells, 0, goOn, stop);
  }

  /** End; nobody waits for a result. */
  cancel(): void {
    Atomics.store(this.#cells, 0, cancel);
  }

  get stopped(): boolean {
    return Atomics.load(this.#cells, 0) === stop;
  }

  /** It is to end, in whichever way. */
  get wished(): boolean {
    return Atomics.load(this.#cells, 0) !== goOn;
  }

  throwIfCancelled(): void {
    if (Atomics.load(this.#cells, 0) === cancel) throw cancelled();
  }

  /** The caller has seen one more report. */
  took(): void {
    Atomics.add(this.#cells, 1, 1);
  }

  /** Reports that the caller has seen. */
  get taken(): number {
    return Atomics.load(this.#cells, 1);
  }
}
