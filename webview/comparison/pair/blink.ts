/** How long each map is seen. */
const ms = 700;

/** One map after the other at one place. Stands still where a person wants little motion, until it is started. */
export class Blink {
  readonly #show: (flipped: boolean) => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #flipped = false;

  constructor(show: (flipped: boolean) => void) {
    this.#show = show;
  }

  get isRunning(): boolean {
    return this.#timer !== undefined;
  }

  /** Blinking is what is looked at, or is no longer. */
  set(on: boolean): void {
    if (!on) this.stop();
    else if (!matchMedia('(prefers-reduced-motion: reduce)').matches) this.start();
    this.#turn(false);
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#turn(!this.#flipped), ms);
    this.#turn(this.#flipped);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** By hand: it stands still from then on. */
  toggle(): void {
    this.stop();
    this.#turn(!this.#flipped);
  }

  #turn(flipped: boolean): void {
    this.#flipped = flipped;
    this.#show(flipped);
  }
}
