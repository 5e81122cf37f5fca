import { type ErrorRecord, isAbort, toErrorRecord } from '../../src/shared/errors.ts';

/** An answer as far as it is there. */
export interface Slot<T> {
  /** May be of a moment ago while a newer one is `loading`. */
  value: T | undefined;
  loading: boolean;
  error: ErrorRecord | undefined;
}

export const noAnswer: Slot<never> = { value: undefined, loading: false, error: undefined };

/** Does the asking; `tell` shows what is there of the answer so far. */
export type Work<T> = (signal: AbortSignal, tell: (part: T) => void) => Promise<T>;

/** One question at a time: a newer one stops the older one, and the same one is not asked twice. */
export class Ask<T> {
  readonly #show: (slot: Slot<T>) => void;
  #slot: Slot<T> = noAnswer;
  #about: string | undefined;
  #detail: string | undefined;
  #work: Work<T> | undefined;
  #controller: AbortController | undefined;

  constructor(show: (slot: Slot<T>) => void) {
    this.#show = show;
  }

  /** `about`: what the answer is of. A change of `detail` alone leaves the last answer in sight. */
  want(about: string, detail: string, work: Work<T>): void {
    if (about === this.#about && detail === this.#detail) return;
    const value = about === this.#about ? this.#slot.value : undefined;
    this.#about = about;
    this.#detail = detail;
    this.#work = work;
    this.#controller?.abort();
    this.#start(value);
  }

  /** Nothing is wanted. */
  drop(): void {
    if (this.#about === undefined) return;
    this.#about = undefined;
    this.#controller?.abort();
    this.#controller = undefined;
    this.#tell(noAnswer);
  }

  /** Asks again: for what failed. */
  again(): void {
    if (this.#about !== undefined && !this.#slot.loading) this.#start(this.#slot.value);
  }

  #start(value: T | undefined): void {
    const work = this.#work;
    if (!work) return;
    const controller = new AbortController();
    this.#controller = controller;
    const isOn = () => this.#controller === controller;
    this.#tell({ value, loading: true, error: undefined });
    work(controller.signal, (part) => isOn() && this.#tell({ value: part, loading: true, error: undefined })).then(
      (answer) => isOn() && this.#tell({ value: answer, loading: false, error: undefined }),
      // Stopped from elsewhere: the host is about to show something else.
      (error) => isOn() && this.#tell({ value, loading: false, error: isAbort(error) ? undefined : toErrorRecord(error) }),
    );
  }

  #tell(slot: Slot<T>): void {
    this.#slot = slot;
    this.#show(slot);
  }
}
