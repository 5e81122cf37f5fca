import { basename } from 'node:path';
import { type Found, search } from '../../numeric/search.ts';
import type { Neighbour, Neighbourhood } from '../../shared/spaceProtocol.ts';
import { trueLabel } from '../../sidecar/trueLabel.ts';
import { pictureOf } from '../pictureOf.ts';
import type { Services } from '../services.ts';
import type { SpaceHandler } from './handler.ts';
import { nearestIn } from './nearestIn.ts';
import { featuresOf, type OpenIndex, openIndex } from './openIndex.ts';
import { saidOf } from './said.ts';
import { type SpaceSet, spaceSet } from './spaceSets.ts';

/**
 * What is nearest to an image: by its features and by its pixels. An image that is no row is run through the network now, as indexing
 * would; a row whose file holds something else by now is such an image.
 */
export const neighbours: SpaceHandler<'neighbours'> = async (services, { revision, image, k, metric }, { signal }) => {
  const start = performance.now();
  const set = spaceSet(services, revision);
  const index = await openIndex(services, set.of, signal);
  const query = await queryOf(services, set, index, image, signal);
  const same = rowsWith(set, query.hash);
  const asked = { k: k + same.size, metric };
  const { recall, ...features } = await nearestIn(set, { ...asked, query: query.vector }, signal);
  const pixels = await search(set.pixels, query.pixels, asked.k, metric, { signal });
  return {
    revision,
    query: query.told,
    metric,
    features: without(same, features, k),
    pixels: without(same, pixels, k),
    copies: [...same].filter((row) => row !== query.told.row),
    searched: set.rows.count - same.size,
    recall,
    ms: performance.now() - start,
  };
};

interface Query {
  told: Neighbourhood['query'];
  hash: string;
  vector: Float32Array;
  pixels: Uint8Array;
}

async function queryOf(services: Services, set: SpaceSet, index: OpenIndex, path: string, signal: AbortSignal): Promise<Query> {
  const { rows, hashes, features, pixels } = set;
  const image = { path, name: basename(path) };
  const row = rows.paths.indexOf(path);
  const decoded = await services.inputs.decode(path, signal);
  if (row >= 0 && hashes[row] === decoded.hash) {
    const fed = services.inputs.feed(decoded, index.preprocessing, index.info);
    const [label, predicted, confidence] = [rows.labels[row], rows.predicted[row], rows.confidence[row]] as [number, number, number];
    return {
      told: { image, row, label, predicted, confidence, picture: pictureOf({ fed, info: index.info }) },
      hash: decoded.hash,
      vector: vectorAt(features, row),
      pixels: vectorAt(pixels, row),
    };
  }
  const { fed, hash, vector, pixels: own, ...answer } = await featuresOf(services, index, path, signal);
  const { predicted, confidence } = saidOf(index.info, answer);
  const label = trueLabel(path, rows.classes) ?? -1;
  return {
    told: { image, row: -1, label, predicted, confidence, picture: pictureOf({ fed, info: index.info }) },
    hash,
    vector,
    pixels: own,
  };
}

/** A copy: what a search gets is no shared memory. */
function vectorAt<T extends Float32Array | Uint8Array>({ data, dimensions }: { data: T; dimensions: number }, row: number): T {
  return data.slice(row * dimensions, (row + 1) * dimensions) as T;
}

function rowsWith({ hashes }: SpaceSet, hash: string): ReadonlySet<number> {
  const rows = new Set<number>();
  for (let row = 0; row < hashes.length; row++) if (hashes[row] === hash) rows.add(row);
  return rows;
}

function without(rows: ReadonlySet<number>, { indices, distances }: Found, k: number): Neighbour[] {
  const found: Neighbour[] = [];
  for (const [i, row] of indices.entries()) {
    if (!rows.has(row) && found.length < k) found.push({ row, distance: distances[i] as number });
  }
  return found;
}
