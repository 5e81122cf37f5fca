import { type Metric, metrics } from '../../../src/shared/spaceProtocol.ts';

/** So many neighbours can be looked at. */
export const counts = [6, 12, 24, 48] as const;

/** What the person set of this view. */
export interface NeighboursChoices {
  k: number;
  metric: Metric;
  /** Path of the neighbour that is compared with the query, region by region. */
  pair?: string;
}

export function restoreNeighbours({ k, metric, pair }: Record<string, unknown>): NeighboursChoices {
  return {
    k: counts.find((count) => count === k) ?? 12,
    metric: metrics.find((each) => each === metric) ?? 'cosine',
    ...(typeof pair === 'string' && { pair }),
  };
}
