import { attract, divergenceOf } from './attraction.ts';
import { chunkOf, control, type TsneMemory } from './memory.ts';
import type { Repulsion } from './repulsion.ts';

/** How a member comes by the repulsion: it prepares its own, or waits until the leader has prepared the one that all share. */
export type Preparing = 'own' | 'leader' | 'waits';

/** One of the threads that compute a gradient together. Which chunks it computes is chance, what they hold is not. */
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

  /** Does a part of the round. */
  work(): void {
    if (this.#preparing === 'waits') {
      this.#attract();
      this.#awaitPrepared();
      this.#repel();
      return;
    }
    this.#repulsion.prepare(this.#memory.positions);
    if (this.#preparing === 'leader') this.#tellPrepared();
    this.#repel();
    this.#attract();
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

  #tellPrepared(): void {
    const { control: shared } = this.#memory;
    Atomics.store(shared, control.prepared, Atomics.load(shared, control.round));
    Atomics.notify(shared, control.prepared);
  }

  #awaitPrepared(): void {
    const { control: shared } = this.#memory;
    const round = Atomics.load(shared, control.round);
    for (let seen = Atomics.load(shared, control.prepared); seen !== round; seen = Atomics.load(shared, control.prepared)) {
      // The leader failed.
      if (Atomics.load(shared, control.ended)) return;
      Atomics.wait(shared, control.prepared, seen);
    }
  }
}
