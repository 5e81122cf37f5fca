import { typeOf } from '../graph/graph.ts';
import type { Model } from '../importers/model.ts';
import type { RawMap } from './graphMaps.ts';
import type { JobContext } from './jobs.ts';

export interface StreamContext extends JobContext {
  /** `map`: what is known so far, where drawing it did not cost too much. */
  progress(done: number, secondsLeft: number | undefined, map: RawMap | undefined): void;
}

/**
 * Inputs of a batch together stay below this: four of 224 pixels. Larger batches are hardly faster on a CPU, and what is on
 * screen, or a cancel, waits for the end of a batch.
 */
const batchBytes = 2.5 * 2 ** 20;

/** One where the model works across its batch, so that the images of one would change each other. */
export function batchSize({ graph, input }: Model, imageBytes: number): number {
  if (typeOf(graph, input.value).shape[0] !== 'N') return 1;
  return Math.max(1, Math.min(16, Math.floor(batchBytes / imageBytes)));
}

/** Partial maps, with handing them over, take at most this share of the time. */
const mapShare = 0.03;

/** Tells how far a job of `count` inputs is, with a partial map as often as that costs little. */
export class Progress {
  readonly #count: number;
  readonly #before: number;
  readonly #draw: (done: number) => RawMap;
  readonly #report: StreamContext['progress'];
  readonly #start = performance.now();
  #spent = 0;

  /** @param before inputs that were there when the job began: they tell nothing of its speed */
  constructor({ count, before }: { count: number; before: number }, draw: (done: number) => RawMap, { progress }: StreamContext) {
    this.#count = count;
    this.#before = before;
    this.#draw = draw;
    this.#report = progress;
  }

  at(done: number): void {
    const now = performance.now();
    const elapsed = now - this.#start;
    const asked = done - this.#before;
    const secondsLeft = asked > 0 ? ((elapsed / asked) * (this.#count - done)) / 1000 : undefined;
    const drawn = this.#spent <= mapShare * elapsed;
    this.#report(done / this.#count, secondsLeft, drawn ? this.#draw(done) : undefined);
    this.#spent += performance.now() - now;
  }
}
