import { ApproximateIndex } from '../../numeric/approximate.ts';
import { type Found, search } from '../../numeric/search.ts';
import { usearch } from '../../numeric/usearch.ts';
import { untilAborted } from '../../shared/sharedJobs.ts';
import type { Metric } from '../../shared/spaceProtocol.ts';
import type { SpaceSet } from './spaceSets.ts';

/** Up to so many rows all are compared with the query; beyond, a graph leads to those that are probably nearest. */
const exactUpTo = 1_000_000;

const indices = new WeakMap<SpaceSet, Map<Metric, Promise<ApproximateIndex>>>();

export interface Asked {
  query: Float32Array;
  k: number;
  metric: Metric;
}

/**
 * The rows whose features are nearest to the query's. `recall`: what share of the true ones an approximate search finds; undefined: it is
 * exact, as it always is where the library for the other is not there. The first approximate search of a set builds its graph.
 */
export async function nearestIn(
  set: SpaceSet,
  { query, k, metric }: Asked,
  signal: AbortSignal,
  limit = exactUpTo,
): Promise<Found & { recall: number | undefined }> {
  const library = set.features.count > limit ? await usearch() : undefined;
  if (!library) return { ...(await search(set.features, query, k, metric, { signal })), recall: undefined };
  const known = indices.get(set) ?? new Map<Metric, Promise<ApproximateIndex>>();
  indices.set(set, known);
  // Building goes on when its caller is gone: the next one finds it.
  const building = known.get(metric) ?? ApproximateIndex.build(library, set.features, { metric });
  known.set(metric, building);
  building.catch(() => known.delete(metric));
  const index = await untilAborted(building, signal);
  return { ...index.search(query, k), recall: index.recall };
}
