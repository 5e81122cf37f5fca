import type { Metric } from '../shared/spaceProtocol.ts';
import type { NeighbourGraph, Points } from './points.ts';

export interface GraphOptions {
  metric: Metric;
  signal?: AbortSignal;
  /** Share of the work done, 0..1. */
  progress?: (done: number) => void;
}

/** The k nearest neighbours of every point; `k` is at most count − 1. Gives way to other work of its thread now and then. */
export async function nearestNeighbours(points: Points, k: number, { metric }: GraphOptions): Promise<NeighbourGraph> {
  throw new Error(`${points.count} ${k} ${metric}`);
}
