import type { Affinities } from '../affinities.ts';
import { divergenceOf } from './attraction.ts';
import { BarnesHut } from './barnesHut.ts';

/** Points up to which all pairs are compared: about a quarter of a second. */
const mostExact = 20_000;
const theta = 0.2;

/** The Kullback–Leibler divergence in nats that t-SNE lowers, and how its Z was computed. */
export interface Divergence {
  kl: number;
  from: 'exact' | `θ = ${number}`;
}

/** Of a layout [count,2]: Σ p_ij ln(p_ij / q_ij) with q_ij = (1+|y_i−y_j|²)⁻¹ / Z over the pairs that have an affinity. */
export function divergence(affinities: Affinities, layout: Float32Array): Divergence {
  const { count } = affinities;
  const exact = count <= mostExact;
  const positions = Float64Array.from(layout);
  const repulsion = new BarnesHut(count, exact ? 0 : theta);
  repulsion.prepare(positions);
  const z = repulsion.apply(0, count, new Float64Array(2 * count));
  return { kl: divergenceOf({ ...affinities, positions }, 0, count) + Math.log(z), from: exact ? 'exact' : `θ = ${theta}` };
}
