import { Random } from '../shared/random.ts';
import type { Affinities } from './affinities.ts';
import type { Points } from './points.ts';
import { ranksOf } from './qualityRanks.ts';
import { InterpolatedRepulsion } from './tsne/interpolated.ts';

/** [count,2]. */
export type Positions = Float32Array | Float64Array;

export interface QualityOptions {
  /** Neighbours; at most half of the others. Default 10. */
  k?: number;
  /** Rows that are measured, each against all others. Default: as many as take about a second, 100 … 2,000. */
  rows?: number;
  seed?: number;
}

/** How well a layout keeps what is near; NaN for fewer than three points. */
export interface NeighbourQuality {
  /** Mean share of the k nearest neighbours that are among the k nearest of the layout. */
  preservation: number;
  /** 1 minus how far away the layout's neighbours really are, by rank; 1 is best, 0 as bad as can be. */
  trustworthiness: number;
  /** Rows that both are measured over. */
  sampled: number;
  k: number;
}

/** Products that a measurement may take: a second or so. */
const budget = 8e9;

/**
 * Both measures from one count: how far the neighbours in the layout are among all neighbours of the space. Distances are Euclidean: for
 * cosines give points of length 1.
 * @see Venna, Kaski, Neighborhood Preservation in Nonlinear Projection Methods: An Experimental Study, ICANN 2001, equation 1
 */
export function neighbourQuality(points: Points, layout: Positions, options: QualityOptions = {}): NeighbourQuality {
  const { count, dimensions } = points;
  const k = Math.min(options.k ?? 10, Math.floor((count - 1) / 2));
  if (k < 1) return { preservation: Number.NaN, trustworthiness: Number.NaN, sampled: 0, k: 0 };
  const affordable = Math.min(2000, Math.max(100, Math.floor(budget / (count * Math.max(1, dimensions)))));
  const rows = sample(count, options.rows ?? affordable, options.seed ?? 0);
  const ranks = ranksOf(points, rows, neighboursInPlane(layout, rows, k));
  let kept = 0;
  let beyond = 0;
  for (const rank of ranks) {
    if (rank <= k) kept++;
    else beyond += rank - k;
  }
  return {
    preservation: kept / ranks.length,
    trustworthiness: 1 - (2 * beyond) / (ranks.length * (2 * count - 3 * k - 1)),
    sampled: rows.length,
    k,
  };
}

/** Different rows, ascending; all where that is no more. */
function sample(count: number, wanted: number, seed: number): Int32Array {
  const all = Int32Array.from({ length: count }, (_, i) => i);
  if (wanted >= count) return all;
  const random = Random.seeded(seed);
  for (let i = 0; i < wanted; i++) {
    const j = i + random.below(count - i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, wanted).sort();
}

/** [rows,k]: the nearest others of each row in the plane, nearest first, of equal ones the lower index. */
function neighboursInPlane(layout: Positions, rows: ArrayLike<number>, k: number): Int32Array {
  const nearest = new Int32Array(rows.length * k);
  const distances = new Float64Array(k);
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]!;
    const found = nearest.subarray(r * k, (r + 1) * k);
    distances.fill(Number.POSITIVE_INFINITY);
    const [x, y] = [layout[2 * row]!, layout[2 * row + 1]!];
    for (let j = 0; j < layout.length / 2; j++) {
      const distance = (layout[2 * j]! - x) ** 2 + (layout[2 * j + 1]! - y) ** 2;
      if (distance >= distances[k - 1]! || j === row) continue;
      let at = k - 1;
      for (; at > 0 && distances[at - 1]! > distance; at--) {
        distances[at] = distances[at - 1]!;
        found[at] = found[at - 1]!;
      }
      distances[at] = distance;
      found[at] = j;
    }
  }
  return nearest;
}

/** The divergence that t-SNE lowers, in nats, and how what it is normalised by was computed. */
export interface Divergence {
  kl: number;
  from: 'exact' | 'interpolated';
}

/** Points up to which all pairs are summed: 2 · 10⁸ of them. */
const exactUpTo = 20_000;

/**
 * Kullback–Leibler divergence of the layout's affinities from those of the space.
 * @see van der Maaten, Accelerating t-SNE using Tree-Based Algorithms, JMLR 2014, equation 2
 */
export function klDivergence(affinities: Affinities, layout: Positions): Divergence {
  const { count, indptr, indices, values } = affinities;
  const from = count <= exactUpTo ? 'exact' : 'interpolated';
  const logZ = Math.log(from === 'exact' ? pairSum(layout) : interpolatedSum(layout));
  let kl = 0;
  for (let i = 0; i < count; i++) {
    const [x, y] = [layout[2 * i]!, layout[2 * i + 1]!];
    for (let at = indptr[i]!; at < indptr[i + 1]!; at++) {
      const [j, p] = [indices[at]!, values[at]!];
      if (p > 0) kl += p * (Math.log(p) + Math.log1p((layout[2 * j]! - x) ** 2 + (layout[2 * j + 1]! - y) ** 2) + logZ);
    }
  }
  return { kl, from };
}

/** Σ (1 + |y_i − y_j|²)⁻¹ over all i ≠ j. */
function pairSum(layout: Positions): number {
  let sum = 0;
  for (let i = 0; i < layout.length; i += 2) {
    const x = layout[i]!;
    const y = layout[i + 1]!;
    for (let j = 0; j < i; j += 2) sum += 1 / (1 + (layout[j]! - x) ** 2 + (layout[j + 1]! - y) ** 2);
  }
  return 2 * sum;
}

function interpolatedSum(layout: Positions): number {
  const count = layout.length / 2;
  const repulsion = new InterpolatedRepulsion(count);
  repulsion.prepare(Float64Array.from(layout));
  return repulsion.apply(0, count, new Float64Array(layout.length));
}

/** Share of points that most of their k nearest neighbours in the layout have the label of; of labels as frequent the smallest counts. */
export function labelAccuracy(labels: ArrayLike<number>, layout: Positions, k = 10): number {
  const count = labels.length;
  const rows = Int32Array.from({ length: count }, (_, i) => i);
  const near = neighboursInPlane(layout, rows, Math.min(k, count - 1));
  const each = near.length / count;
  let right = 0;
  for (let i = 0; i < count; i++) {
    const votes = new Map<number, number>();
    for (const j of near.subarray(i * each, (i + 1) * each)) votes.set(labels[j]!, (votes.get(labels[j]!) ?? 0) + 1);
    const [winner] = [...votes].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a), [Number.NaN, 0]);
    if (winner === labels[i]) right++;
  }
  return right / count;
}
