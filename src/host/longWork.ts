/** Work of a panel that a change of files must not end: the change waits until it is done. */
export class LongWork {
  readonly #calls: readonly string[];
  readonly #showAnew: () => void;
  #underWay = 0;
  #isStale = false;

  /** `calls`: those that take long. `showAnew` is called once for all changes that had to wait. */
  constructor(calls: readonly string[], showAnew: () => void) {
    this.#calls = calls;
    this.#showAnew = showAnew;
  }

  /** A person waits for something that turning to something else would end. */
  get isUnderWay(): boolean {
    return this.#underWay > 0;
  }

  async during<T>(call: string, work: Promise<T>): Promise<T> {
    if (!this.#calls.includes(call)) return await work;
    this.#underWay++;
    try {
      return await work;
    } finally {
      this.#underWay--;
      // The page hears the result first.
      setTimeout(() => this.#isStale && !this.isUnderWay && this.#showAnew());
    }
  }

  /** Something changed: shown anew now, or after what runs. */
  changed(): void {
    if (this.isUnderWay) this.#isStale = true;
    else this.#showAnew();
  }

  /** All is shown anew by now. */
  settled(): void {
    this.#isStale = false;
  }
}
