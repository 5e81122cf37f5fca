import { type Pca, pca } from '../../../numeric/pca.ts';
import type { Points } from '../../../numeric/points.ts';
import type { Metric } from '../../../shared/spaceProtocol.ts';

/** Points in which Euclidean neighbours are those of a metric, exactly or nearly. */
export interface LayoutSpace {
  points: Points;
  /** [count,2]: their first two principal components. */
  plane: Float32Array;
  /** All points are the same. */
  flat: boolean;
}

/**
 * For cosines at length 1, then reduced to `components` principal components where there are more dimensions; 0: none are left out.
 * Of unit vectors |a − b|² = 2(1 − cos): the order of neighbours is the same.
 */
export function layoutSpace(points: Points, metric: Metric, components: number): LayoutSpace {
  const own = inMetric(points, metric);
  const reduces = components > 0 && own.dimensions > components && own.count > 2;
  const found = pca(own, reduces ? Math.max(2, components) : 2);
  const reduced = reduces ? firstOf(found, components) : own;
  return { points: reduced, plane: firstOf(found, 2).data, flat: isFlat(own, found) };
}

/** Points whose Euclidean distances are in the order of the metric's. A vector of zeros, which has no direction, stays one. */
export function inMetric(points: Points, metric: Metric): Points {
  if (metric === 'euclidean') return points;
  const { data, count, dimensions } = points;
  const unit = new Float32Array(count * dimensions);
  for (let row = 0; row < count; row++) {
    const [from, to] = [row * dimensions, (row + 1) * dimensions];
    let square = 0;
    for (let i = from; i < to; i++) square += data[i]! * data[i]!;
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let i = from; i < to; i++) unit[i] = data[i]! * scale;
  }
  return { data: unit, count, dimensions };
}

/** The first k columns of the scores. */
function firstOf({ scores, variance }: Pca, k: number): Points {
  const of = variance.length;
  const count = scores.length / of;
  if (of === k) return { data: scores, count, dimensions: k };
  const data = new Float32Array(count * k);
  for (let row = 0; row < count; row++) for (let c = 0; c < k; c++) data[row * k + c] = scores[row * of + c]!;
  return { data, count, dimensions: k };
}

/** Rounding leaves a little of variances that are 0. */
function isFlat({ data, count }: Points, { totalVariance }: Pca): boolean {
  let square = 0;
  for (let i = 0; i < data.length; i++) square += data[i]! * data[i]!;
  return totalVariance <= (1e-12 * square) / count;
}
