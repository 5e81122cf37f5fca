import { Catalogue } from '../../dataset/catalogue.ts';
import type { LayerCollection } from '../../dataset/collection.ts';
import { Store } from '../../dataset/store.ts';
import { ModelError, throwIfAborted } from '../../shared/errors.ts';
import type { ModelInfo } from '../../shared/protocol.ts';
import { untilAborted } from '../../shared/sharedJobs.ts';
import { ByteCache } from '../byteCache.ts';
import type { OpenModel } from '../models.ts';
import { type FedModel, keyOfModel, openFed } from '../openFed.ts';
import type { Services } from '../services.ts';
import { findUnitLayer } from './unitLayer.ts';

/** Whose collection: a model file, and the folder that collections are kept in. */
export interface CollectionOf {
  model: string;
  store: string;
}

/** A model whose layers are collected. */
export interface Collecting extends FedModel {
  store: Store;
}

/** Throws ModelError('input') where nothing tells the preprocessing. */
export async function openCollecting(services: Services, { model, store }: CollectionOf, signal: AbortSignal): Promise<Collecting> {
  const fed = await openFed(services, model, signal);
  return { ...fed, store: new Store(store, keyOfModel(fed)) };
}

/**
 * What is collected of a layer, with the model it was collected with: the one that images are fed to as
 * `inputs.feed(image, info.preprocessing, info)` says. Kept in memory. Throws ModelError('method') where nothing is collected.
 */
export async function layerCollection(
  services: Services,
  { layer, ...of }: CollectionOf & { layer: string },
  signal: AbortSignal,
): Promise<{ open: OpenModel; info: ModelInfo; collection: LayerCollection }> {
  const { open, info, store } = await openCollecting(services, of, signal);
  const { name } = findUnitLayer(open, layer).info;
  const collection = await untilAborted(collectionsOf(services).of(of.store, store, name), signal);
  throwIfAborted(signal);
  if (collection) return { open, info, collection };
  throw new ModelError('method', `Nothing is collected of layer '${name}' of ${open.name} yet.`, {
    file: open.model.file,
    where: name,
    hint: 'Collect first: the network then goes over the images once.',
  });
}

/** Bound of the collections in memory. */
const cacheBytes = 128 * 2 ** 20;

/** Collections in memory, for as long as their files are the same. */
class Collections {
  readonly #kept = new ByteCache<LayerCollection>(cacheBytes);
  readonly #loading = new Map<string, Promise<LayerCollection | undefined | 'changed'>>();

  /** Undefined where nothing is collected. */
  async of(root: string, store: Store, layer: string): Promise<LayerCollection | undefined> {
    for (;;) {
      const key = await keyOf(root, store, layer);
      if (key === undefined) return undefined;
      const known = this.#kept.get(key);
      if (known) return known;
      const loading = this.#loading.get(key) ?? this.#load(key, root, store, layer);
      this.#loading.set(key, loading);
      const loaded = await loading;
      if (loaded !== 'changed') return loaded;
    }
  }

  /** `changed`: the files are others by now, because somebody is collecting or one was damaged. */
  async #load(key: string, root: string, store: Store, layer: string): Promise<LayerCollection | undefined | 'changed'> {
    try {
      const [tally, paths] = [await store.load(layer), await new Catalogue(root).paths()];
      if ((await keyOf(root, store, layer)) !== key) return 'changed';
      // All of them may be unreadable just now.
      if (!tally) return undefined;
      const collection = tally.collection((hash) => paths.get(hash));
      this.#kept.set(key, collection, tally.bytes);
      return collection;
    } finally {
      this.#loading.delete(key);
    }
  }
}

/** Tells files from other ones; undefined: there are none. */
async function keyOf(root: string, store: Store, layer: string): Promise<string | undefined> {
  const files = await store.files(layer);
  return files.length === 0 ? undefined : [...files.sort(), await new Catalogue(root).revision()].join('\n');
}

const all = new WeakMap<Services, Collections>();

/** Those of an engine. */
export function collectionsOf(services: Services): Collections {
  const known = all.get(services) ?? new Collections();
  all.set(services, known);
  return known;
}
