/**
 * What the threads of a run share, points in an order of its own. Each round of work is one gradient: the leader tells it, all take chunks
 * until none is left.
 */
export interface TsneMemory {
  count: number;
  /** [count,2]. */
  positions: Float64Array<SharedArrayBuffer>;
  /** [count,2]: Σ_j p_ij q_ij (y_i − y_j), with q_ij = (1+|y_i−y_j|²)⁻¹. */
  attraction: Float64Array<SharedArrayBuffer>;
  /** [count,2]: Σ_j q_ij² (y_i − y_j). */
  repulsion: Float64Array<SharedArrayBuffer>;
  /** Affinities, as compressed rows. */
  indptr: Int32Array<SharedArrayBuffer>;
  indices: Int32Array<SharedArrayBuffer>;
  values: Float32Array<SharedArrayBuffer>;
  /** By chunk: Σ q_ij, and Σ p_ij ln(p_ij / q_ij) in rounds that ask for it. Added up in order, whoever computed them. */
  chunkZ: Float64Array<SharedArrayBuffer>;
  chunkDivergence: Float64Array<SharedArrayBuffer>;
  control: Int32Array<SharedArrayBuffer>;
}

/** Indices into `control`. */
export const control = {
  /** Number of the round; changes when one begins. */
  round: 0,
  /** Helpers that joined the round, and `closed` once no more may; those of them that have done their part. */
  joined: 1,
  arrived: 2,
  nextRepulsion: 3,
  nextAttraction: 4,
  /** Number of the round whose repulsion is prepared. */
  prepared: 5,
  /** 1: this round sums the divergence as well. */
  wantsDivergence: 6,
  /** 1: there are no more rounds. */
  ended: 7,
  /** 1: a helper has failed. */
  failed: 8,
} as const;

const closed = 1 << 30;

/** Begins a round. */
export function open({ control: shared }: TsneMemory, wantsDivergence: boolean): void {
  for (const counter of [control.nextRepulsion, control.nextAttraction, control.arrived]) Atomics.store(shared, counter, 0);
  Atomics.store(shared, control.wantsDivergence, Number(wantsDivergence));
  Atomics.add(shared, control.round, 1);
  Atomics.store(shared, control.joined, 0);
  Atomics.notify(shared, control.round);
}

/** Takes part in the round; false: it is over. Who sleeps through a round, for the processor has other things to do, delays nobody. */
export function join({ control: shared }: TsneMemory): boolean {
  for (;;) {
    const joined = Atomics.load(shared, control.joined);
    if (joined & closed) return false;
    if (Atomics.compareExchange(shared, control.joined, joined, joined + 1) === joined) return true;
  }
}

/** Lets nobody else join; returns how many have. */
export function close({ control: shared }: TsneMemory): number {
  return Atomics.or(shared, control.joined, closed);
}

/** Points of a chunk: the same however many threads there are. */
export function chunkOf(count: number): number {
  return Math.max(64, Math.ceil(count / 256));
}

export function tsneMemory(count: number, edges: number): TsneMemory {
  const numbers = (length: number) => new Float64Array(new SharedArrayBuffer(8 * length));
  const integers = (length: number) => new Int32Array(new SharedArrayBuffer(4 * length));
  const chunks = Math.ceil(count / chunkOf(count));
  const shared = integers(Object.keys(control).length);
  shared[control.joined] = closed;
  return {
    count,
    positions: numbers(2 * count),
    attraction: numbers(2 * count),
    repulsion: numbers(2 * count),
    indptr: integers(count + 1),
    indices: integers(edges),
    values: new Float32Array(new SharedArrayBuffer(4 * edges)),
    chunkZ: numbers(chunks),
    chunkDivergence: numbers(chunks),
    control: shared,
  };
}
