import { attract, divergenceOf } from './attraction.ts';
import { chunkOf, control, type TsneMemory } from './memory.ts';
import type { Repulsion } from './repulsion.ts';

/** Helpers prepare a repulsion of their own, or wait until the leader has prepared the one that all share. */
export type Preparing = 'own' | 'shared';

/**
 * One of the threads that compute a gradient together, from both ends: the leader begins with repulsion, helpers with attraction. Who
 * computes which chunk is chance, what they hold is not.
 */
export class Member {
  readonly #memory: TsneMemory;
  readonly #repulsion: Repulsion;
  readonly #preparing: Preparing;
  readonly #chunk: number;
  readonly #chunks: number;

  constructor(memory: TsneMemory, repulsion: Repulsion, preparing: Preparing) {
    this.#memory = memory;
    this.#repulsion = repulsion;
    this.#preparing = preparing;
    this.#chunk = chunkOf(memory.count);
    this.#chunks = memory.chunkZ.length;
  }

  /** Computes all that helpers leave. */
  lead(): void {
    const { control: shared, positions } = this.#memory;
    this.#repulsion.prepare(positions);
    Atomics.store(shared, control.prepared, Atomics.load(shared, control.round));
    Atomics.notify(shared, control.prepared);
    this.#repel();
    this.#attract();
  }

  help(): void {
    this.#attract();
    if (Atomics.load(this.#memory.control, control.nextRepulsion) >= this.#chunks) return;
    if (this.#preparing === 'own') this.#repulsion.prepare(this.#memory.positions);
    else this.#awaitPrepared();
    this.#repel();
  }

  #repel(): void {
    const { repulsion, chunkZ, count } = this.#memory;
    for (let chunk = this.#take(control.nextRepulsion); chunk < this.#chunks; chunk = this.#take(control.nextRepulsion)) {
      const from = chunk * this.#chunk;
      chunkZ[chunk] = this.#repulsion.apply(from, Math.min(count, from + this.#chunk), repulsion);
    }
  }

  #attract(): void {
    const { chunkDivergence, control: shared, count } = this.#memory;
    for (let chunk = this.#take(control.nextAttraction); chunk < this.#chunks; chunk = this.#take(control.nextAttraction)) {
      const from = chunk * this.#chunk;
      const to = Math.min(count, from + this.#chunk);
      attract(this.#memory, from, to);
      if (Atomics.load(shared, control.wantsDivergence)) chunkDivergence[chunk] = divergenceOf(this.#memory, from, to);
    }
  }

  #take(counter: number): number {
    return Atomics.add(this.#memory.control, counter, 1);
  }

  #awaitPrepared(): void {
    const { control: shared } = this.#memory;
    const round = Atomics.load(shared, control.round);
    for (let seen = Atomics.load(shared, control.prepared); seen !== round; seen = Atomics.load(shared, control.prepared)) {
      Atomics.wait(shared, control.prepared, seen);
    }
  }
}
