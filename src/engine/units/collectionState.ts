import { Catalogue, type Looked } from '../../dataset/catalogue.ts';
import type { LayerCollection } from '../../dataset/collection.ts';
import { throwIfAborted } from '../../shared/errors.ts';
import type { CollectedLayer, UnitLayer } from '../../shared/unitsProtocol.ts';
import { collectionsOf, openCollecting } from './collected.ts';
import { untilLeft } from './exclusive.ts';
import type { UnitHandler } from './handler.ts';
import { distribution } from './layerUnits.ts';
import { findUnitLayer, unitLayersOf } from './unitLayer.ts';

/** What is collected, and what a data set as it is now would add to it. Reads no image. */
export const collected: UnitHandler<'collected'> = async (services, { images, layer, ...of }, { signal }) => {
  await untilLeft(of.store, signal);
  const { open, store } = await openCollecting(services, of, signal);
  const { name } = findUnitLayer(open, layer).info;
  const onDisk = new Set(await store.layers());
  const layers: CollectedLayer[] = [];
  let asked: LayerCollection | undefined;
  for (const info of unitLayersOf(open)) {
    if (!onDisk.has(info.name)) continue;
    const collection = await collectionsOf(services).of(of.store, store, info.name);
    throwIfAborted(signal);
    if (collection) layers.push(about(collection, info));
    if (info.name === name) asked = collection;
  }
  const now = await new Catalogue(of.store).recallAll([...new Set(images)], signal);
  return { layers, images: now.length, ...difference(now, asked), bytes: await store.bytes() };
};

/** `undefined` among the files: new, changed or gone. Those known to be unreadable are not waited for. */
function difference(now: readonly (Looked | undefined)[], collection: LayerCollection | undefined): { missing: number; gone: number } {
  const have = new Set(collection?.images.map(({ hash }) => hash));
  const current = new Set(now.flatMap((file) => (file && 'hash' in file ? [file.hash] : [])));
  const missing = now.filter((file) => file === undefined || ('hash' in file && !have.has(file.hash)));
  return { missing: missing.length, gone: [...have].filter((hash) => !current.has(hash)).length };
}

const known = new WeakMap<LayerCollection, CollectedLayer>();

function about(collection: LayerCollection, info: UnitLayer): CollectedLayer {
  const before = known.get(collection);
  if (before) return before;
  const states = Array.from({ length: collection.units }, (_, unit) => distribution(collection, info, unit).state);
  const count = (state: string) => states.filter((s) => s === state).length;
  const made = {
    layer: info.name,
    images: collection.images.length,
    units: collection.units,
    dead: count('dead'),
    saturated: count('saturated'),
  };
  known.set(collection, made);
  return made;
}
