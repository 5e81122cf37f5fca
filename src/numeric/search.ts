import type { Metric } from '../shared/spaceProtocol.ts';
import type { Points } from './points.ts';

/** Neighbours of one query, nearest first. */
export interface Found {
  indices: Int32Array;
  distances: Float32Array;
}

/** The k points nearest to `query` [dimensions], exactly, of equally near ones the lower index first. `k` above the count: all points. */
export async function search(points: Points, query: Float32Array, k: number, metric: Metric): Promise<Found> {
  throw new Error(`${points.count} ${query.length} ${k} ${metric}`);
}
