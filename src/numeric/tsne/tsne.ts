/**
 * t-SNE: points in the plane whose neighbours are those of the space they come from.
 * @see van der Maaten, Hinton, Visualizing Data using t-SNE, JMLR 2008
 * @see Belkina et al., Automated optimized parameters for t-SNE, Nature Communications 2019: the learning rate
 * @see Poličar, Stražar, Zupan, openTSNE, Journal of Statistical Software 2024: the schedule
 * @see Rauber, Falcão, Telea, Visualizing Time-Dependent Data Using Dynamic t-SNE, EuroVis 2016: layouts that follow one another
 */
import { setImmediate } from 'node:timers/promises';
import type { Affinities } from '../affinities.ts';
import { type Divergence, klDivergence } from '../quality.ts';
import { BarnesHut } from './barnesHut.ts';
import { Descent, type StepSize } from './descent.ts';
import { InterpolatedRepulsion } from './interpolated.ts';
import { Member } from './member.ts';
import { type TsneMemory, tsneMemory } from './memory.ts';
import { PointOrder } from './pointOrder.ts';
import { type Held, pull } from './pull.ts';
import { startPositions } from './start.ts';
import { Team, type ThreadMethod } from './team.ts';

export type TsneMethod = 'barnes-hut' | 'interpolated';

export interface TsneOptions {
  /** In all, early exaggeration among them. Default 750. */
  iterations?: number;
  /** Factor of the affinities in the first iterations, 12, and how many these are, 250. */
  exaggeration?: number;
  exaggerationIterations?: number;
  /** `auto`: points over exaggeration. */
  learningRate?: 'auto' | number;
  /** Of Barnes-Hut: how large a cell may look to be taken as one point, 0.5; 0 is exact. */
  theta?: number;
  /** `auto`: Barnes-Hut, and interpolated from 100,000 points. */
  method?: 'auto' | TsneMethod;
  /** At most; default 1. */
  threads?: number;
  /** Of the small distances that part points with the same start. */
  seed?: number;
  /**
   * Go on from the start as it is, at its scale: it is a layout already, of these points or of what they were before. Early exaggeration,
   * which would tear it up, is left out.
   */
  goOn?: boolean;
  /** Places that points are held to; then the layout is where they are, not around the origin. */
  held?: Held;
}

/** Where a run is; positions are copied only for those who are told. */
export interface TsneFrame {
  phase: 'early exaggeration' | 'descent';
  iteration: number;
  iterations: number;
  secondsLeft: number | undefined;
  /** [n,2]. */
  positions: Float32Array;
  /** Kullback–Leibler divergence some iterations ago, with the Z of the repulsion then. */
  kl: number | undefined;
}

export interface TsneRun {
  /** Stops after the iteration that is being done; what there is by then is the result. */
  signal?: AbortSignal;
  onFrame?: (frame: TsneFrame) => void;
  /** Least time between two frames, 100 ms. */
  frameMs?: number;
}

export interface TsneResult {
  /** [n,2], centred unless points are held to places. */
  positions: Float32Array;
  /** Done. */
  iterations: number;
  stopped: boolean;
  kl: number;
  /** How the divergence is computed. */
  klFrom: Divergence['from'];
  method: TsneMethod;
  /** That took part. */
  threads: number;
}

/** Points from which the grid is quicker than the tree: measured on one thread over runs of digits, whose layouts grow with their number. */
const crossover = 100_000;
/** Iterations from one sorting of the points in memory to the next, and from one estimate of the divergence to the next. */
const period = 50;
/** Work between two turns of the event loop, ms. */
const turn = 50;

/** Lays out points that have these affinities: the same for the same seed, whatever the threads. One run. */
export class Tsne {
  readonly count: number;
  readonly method: TsneMethod;
  readonly #affinities: Affinities;
  readonly #options: Required<Omit<TsneOptions, 'method' | 'goOn' | 'held'>>;
  /** In the order of memory; undefined: nothing is held. */
  readonly #held: { places: Float64Array; strength: number } | undefined;
  readonly #memory: TsneMemory;
  readonly #order: PointOrder;
  readonly #descent: Descent;
  #iteration = 0;
  #kl: number | undefined;

  /** @param start [n,2], usually the first two principal components; only directions and ratios count, unless it is to be gone on from */
  constructor(affinities: Affinities, start: Float32Array, options: TsneOptions = {}) {
    const { method = 'auto', goOn = false, held, ...rest } = options;
    this.count = affinities.count;
    this.method = method !== 'auto' ? method : this.count < crossover ? 'barnes-hut' : 'interpolated';
    this.#affinities = affinities;
    this.#options = { ...defaults, ...(goOn && { exaggerationIterations: 0 }), ...rest };
    this.#held = held && { places: Float64Array.from(held.places), strength: held.strength };
    this.#memory = tsneMemory(this.count, affinities.values.length);
    this.#memory.positions.set(goOn ? start : startPositions(start, this.#options.seed));
    this.#order = new PointOrder(affinities);
    this.#descent = new Descent(this.count);
  }

  /** @throws ModelError `engine`, `internal`: a thread failed */
  async run({ signal, onFrame, frameMs = 100 }: TsneRun = {}): Promise<TsneResult> {
    const { iterations, threads } = this.#options;
    const { leader, other } = this.#members(threads > 1);
    const team = new Team(this.#memory, leader);
    const begin = performance.now();
    let [nextTurn, nextFrame] = [begin + turn, begin + frameMs];
    try {
      if (threads > 1 && this.count > 1) await team.hire(threads - 1, other);
      while (this.#iteration < iterations && !signal?.aborted) {
        await this.#iterate(team);
        const now = performance.now();
        if (now > nextFrame && onFrame) {
          onFrame(this.#frame(now - begin));
          nextFrame = performance.now() + frameMs;
        }
        if (now > nextTurn) {
          await setImmediate();
          nextTurn = performance.now() + turn;
        }
      }
      return this.#result(team.threads);
    } finally {
      await team.dismiss();
    }
  }

  #members(shared: boolean): { leader: Member; other: ThreadMethod } {
    const { theta } = this.#options;
    if (this.method === 'barnes-hut') {
      return { leader: new Member(this.#memory, new BarnesHut(this.count, theta), 'own'), other: { kind: 'barnes-hut', theta } };
    }
    const repulsion = new InterpolatedRepulsion(this.count, { shared });
    const leader = new Member(this.#memory, repulsion, 'shared');
    return { leader, other: { kind: 'interpolated', state: repulsion.shared as NonNullable<typeof repulsion.shared> } };
  }

  async #iterate(team: Team): Promise<void> {
    const { positions, attraction, repulsion, chunkZ, chunkDivergence } = this.#memory;
    const periodic = this.#iteration % period === 0;
    const held = this.#held;
    if (periodic) this.#order.sort(this.#memory, this.#descent.steps, this.#descent.gains, ...(held ? [held.places] : []));
    if (this.#iteration === this.#options.exaggerationIterations) this.#descent.rest();
    await team.round(periodic);
    const all = sum(chunkZ);
    // Nothing repels a single point, or one that is out of sight.
    const z = all > 0 ? all : 1;
    if (periodic) this.#kl = sum(chunkDivergence) + Math.log(z);
    if (held) pull(positions, held.places, held.strength, attraction);
    this.#descent.step(positions, attraction, repulsion, z, this.#stepSize());
    this.#iteration++;
  }

  get #exaggerates(): boolean {
    return this.#iteration < this.#options.exaggerationIterations;
  }

  #stepSize(): StepSize {
    const { learningRate } = this.#options;
    const exaggeration = this.#exaggerates ? this.#options.exaggeration : 1;
    return {
      exaggeration,
      learningRate: learningRate === 'auto' ? this.count / exaggeration : learningRate,
      momentum: this.#exaggerates ? 0.5 : 0.8,
      centred: this.#held === undefined,
    };
  }

  #frame(ms: number): TsneFrame {
    const { iterations } = this.#options;
    return {
      phase: this.#exaggerates ? 'early exaggeration' : 'descent',
      iteration: this.#iteration,
      iterations,
      secondsLeft: ((ms / this.#iteration) * (iterations - this.#iteration)) / 1000,
      positions: this.#order.restore(this.#memory.positions),
      kl: this.#kl,
    };
  }

  #result(threads: number): TsneResult {
    const positions = this.#order.restore(this.#memory.positions);
    const { kl, from } = klDivergence(this.#affinities, positions);
    const stopped = this.#iteration < this.#options.iterations;
    return { positions, iterations: this.#iteration, stopped, kl, klFrom: from, method: this.method, threads };
  }
}

const defaults = {
  iterations: 750,
  exaggeration: 12,
  exaggerationIterations: 250,
  learningRate: 'auto',
  theta: 0.5,
  threads: 1,
  seed: 0,
} as const;

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
