import type { Points } from '../../numeric/points.ts';
import { ModelError } from '../../shared/errors.ts';
import type { SpaceRows } from '../../shared/spaceProtocol.ts';
import { ByteCache } from '../byteCache.ts';
import type { Services } from '../services.ts';

/** 8 bit pixels of images, [count,dimensions], row-major. `data` may lie on a SharedArrayBuffer. */
export interface PixelPoints {
  data: Uint8Array;
  count: number;
  dimensions: number;
}

/** The indexed images of a data set as `rows` told of them, with what is compared of them. */
export interface SpaceSet {
  revision: string;
  rows: SpaceRows;
  /** [rows,dimensions] of the layer, finite, on a SharedArrayBuffer: threads read it, nobody writes. */
  features: Points;
  /** [rows,·]: what the network is fed, reduced. */
  pixels: PixelPoints;
  /** SHA-256 of each row's file, hex. */
  hashes: readonly string[];
  of: { model: string; store: string; layer: string };
}

/** Bound of the sets in memory: the newest is kept whatever its size. */
const cacheBytes = 512 * 2 ** 20;

const all = new WeakMap<Services, ByteCache<SpaceSet>>();

function setsOf(services: Services): ByteCache<SpaceSet> {
  const known = all.get(services) ?? new ByteCache<SpaceSet>(cacheBytes);
  all.set(services, known);
  return known;
}

/** Throws ModelError('stale') where these rows are no longer kept. */
export function spaceSet(services: Services, revision: string): SpaceSet {
  const set = setsOf(services).get(revision);
  if (set) return set;
  throw new ModelError('stale', 'These rows of the feature space are no longer in memory.', { hint: 'Ask for the rows again.' });
}

/** Keeps a set for calls about its rows; one that is kept already stays as it is. */
export function keepSpaceSet(services: Services, set: SpaceSet): void {
  const sets = setsOf(services);
  if (sets.get(set.revision)) return;
  const text = set.hashes.length * 100 + set.rows.paths.reduce((sum, path) => sum + 2 * path.length, 0);
  sets.set(set.revision, set, set.features.data.byteLength + set.pixels.data.byteLength + text);
}
