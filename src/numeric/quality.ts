import type { Affinities } from './affinities.ts';
import type { Points } from './points.ts';

export interface QualityOptions {
  /** Neighbours; as many as there are if there are fewer. Default 10. */
  k?: number;
  /** Rows that are measured, each against all others. Default: as many as take about a second, at most 2,000. */
  rows?: number;
  seed?: number;
}

/** How well a layout keeps what is near; NaN for fewer than three points. */
export interface NeighbourQuality {
  /** Mean share of the k nearest neighbours that are among the k nearest of the layout. */
  preservation: number;
  /** 1 minus how far away the layout's neighbours really are, by rank; 1 is best. */
  trustworthiness: number;
  /** Rows that both are measured over. */
  sampled: number;
  k: number;
}

/** @param layout [count,2]. Distances are Euclidean: for cosines give points of length 1. */
export function neighbourQuality(_points: Points, _layout: Float32Array | Float64Array, _options: QualityOptions = {}): NeighbourQuality {
  throw new Error('not there yet');
}

/** The divergence that t-SNE lowers, in nats, and how its normalisation was computed. */
export interface Divergence {
  kl: number;
  from: 'exact' | 'interpolated';
}

/** @param layout [count,2] */
export function klDivergence(_affinities: Affinities, _layout: Float32Array | Float64Array): Divergence {
  throw new Error('not there yet');
}

/** Share of points that most of their k nearest neighbours in the layout [count,2] have the label of. */
export function labelAccuracy(_labels: ArrayLike<number>, _layout: Float32Array | Float64Array, _k = 10): number {
  throw new Error('not there yet');
}
