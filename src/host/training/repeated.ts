/** Work that is done anew whenever it is asked for: never twice at once, and who asks while it is done waits until it is done again. */
export class Repeated {
  readonly #work: () => Promise<void>;
  #isStale = false;
  #running: Promise<void> | undefined;

  /** @param work must not fail */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  run(): Promise<void> {
    this.#isStale = true;
    this.#running ??= this.#repeat().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #repeat(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      await this.#work();
    }
  }
}
