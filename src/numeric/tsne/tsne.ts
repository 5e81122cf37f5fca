/**
 * t-SNE: points in the plane whose neighbours are those of the space they come from.
 * @see van der Maaten, Hinton, Visualizing Data using t-SNE, JMLR 2008
 * @see Belkina et al., Automated optimized parameters for t-SNE, Nature Communications 2019: the learning rate
 */
import type { Affinities } from '../affinities.ts';

export type TsneMethod = 'barnes-hut' | 'interpolated';

export interface TsneOptions {
  /** In all, early exaggeration among them. */
  iterations?: number;
  /** Factor of the affinities in the first iterations, and how many these are. */
  exaggeration?: number;
  exaggerationIterations?: number;
  /** `auto`: points over exaggeration. */
  learningRate?: 'auto' | number;
  /** Of Barnes-Hut: how large a cell may look to be taken as one point, 0 is exact. */
  theta?: number;
  /** `auto`: Barnes-Hut for small sets, interpolated for large ones. */
  method?: 'auto' | TsneMethod;
  threads?: number;
}

/** Where a run is; positions are copied only for those who are told. */
export interface TsneFrame {
  phase: 'early exaggeration' | 'descent';
  iteration: number;
  iterations: number;
  secondsLeft: number | undefined;
  /** [n,2]. */
  positions: Float32Array;
  /** Kullback–Leibler divergence some iterations ago, from the Z of the repulsion then. */
  kl: number | undefined;
}

export interface TsneRun {
  /** Stops after the iteration that is being done. */
  signal?: AbortSignal;
  onFrame?: (frame: TsneFrame) => void;
  /** Least time between two frames, 100 ms. */
  frameMs?: number;
}

export interface TsneResult {
  /** [n,2], centred. */
  positions: Float32Array;
  /** Done. */
  iterations: number;
  stopped: boolean;
  kl: number;
  /** How the divergence is computed: `exact`, `θ = 0.2`. */
  klFrom: string;
  method: TsneMethod;
  /** That took part. */
  threads: number;
}

/** Lays points out that have these affinities. `start` [n,2]: where they are at first, usually the first two principal components. */
export class Tsne {
  /** @param start [n,2]; its scale does not matter: the larger axis gets the standard deviation 10⁻⁴ */
  // biome-ignore lint/complexity/noUselessConstructor: the signature comes first
  constructor(_affinities: Affinities, _start: Float32Array, _options: TsneOptions = {}) {}

  async run(_run: TsneRun = {}): Promise<TsneResult> {
    throw new Error('not there yet');
  }
}
