import { cancelled, isAbort } from '../../../shared/errors.ts';
import type { LayoutFrame } from '../../../shared/spaceProtocol.ts';
import type { Control } from '../control.ts';

/** Frames a second that a person sees as motion; more would only cost. */
const leastMs = 80;
/** On its way to the page a frame is copied a few times: so many points cost a millisecond in all, of which 20 are to be left alone. */
const pointsPerMs = 10_000;
/** How often the caller's wishes are looked at, ms. */
const lookMs = 10;

/** A layout under way, as a method sees it: what its caller wishes, and what the caller is told. */
export class LayoutRun {
  /** Least time between two frames, ms. */
  readonly frameMs: number;
  /** Aborted when the layout is to be stopped, and when it is cancelled. */
  readonly signal: AbortSignal;
  readonly #control: Control;
  readonly #progress: (frame: LayoutFrame) => void;
  readonly #ending = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #phase: LayoutFrame = { phase: '', iteration: 0, iterations: 0, secondsLeft: undefined };
  #began = 0;
  #told = 0;
  #lastFrame = Number.NEGATIVE_INFINITY;

  constructor(count: number, control: Control, progress: (frame: LayoutFrame) => void) {
    this.frameMs = Math.max(leastMs, (20 * count) / pointsPerMs);
    this.#control = control;
    this.#progress = progress;
    this.signal = this.#ending.signal;
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  /** To be called at its end. */
  close(): void {
    clearInterval(this.#timer);
  }

  /** It is to end with what it has. */
  get stopped(): boolean {
    this.#look();
    return this.#control.stopped;
  }

  throwIfCancelled(): void {
    this.#control.throwIfCancelled();
  }

  /** What is done from now on, and where the points are. Others have their turn before it begins. */
  async begin(phase: string, iterations: number, positions?: Float32Array): Promise<void> {
    await turn();
    this.throwIfCancelled();
    this.#phase = { phase, iteration: 0, iterations, secondsLeft: undefined };
    this.#began = performance.now();
    this.#tell(positions ? { ...this.#phase, positions: positions.slice() } : this.#phase);
  }

  /** Share of the phase that is done, 0..1. Throws when the layout is to be stopped or cancelled. */
  done(share: number): void {
    this.#look();
    this.signal.throwIfAborted();
    const seconds = (performance.now() - this.#began) / 1000;
    if (share > 0) this.frame({ ...this.#phase, secondsLeft: (seconds / share) * (1 - share) });
  }

  /** Where it is; dropped where the last frame was just now, or has not been taken yet. */
  frame(frame: LayoutFrame): void {
    this.#look();
    const now = performance.now();
    if (now - this.#lastFrame < this.frameMs || this.#control.taken < this.#told) return;
    this.#lastFrame = now;
    this.#tell(frame);
  }

  /** Work that ends early with 'cancelled' when it is to be stopped: undefined then. Cancelled itself it throws. */
  async untilStopped<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      if (!isAbort(error) || !this.stopped) throw error;
      return undefined;
    } finally {
      this.throwIfCancelled();
    }
  }

  #look(): void {
    if (this.#control.wished) this.#ending.abort(cancelled());
  }

  #tell(frame: LayoutFrame): void {
    this.#told++;
    this.#progress(frame);
  }
}

/** Lets messages and timers in. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
