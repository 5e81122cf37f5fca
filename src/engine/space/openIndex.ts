import { Catalogue } from '../../dataset/catalogue.ts';
import { FeatureStore } from '../../dataset/featureStore.ts';
import type { FeatureRows } from '../../dataset/indexedImage.ts';
import type { FedImage } from '../../image/preprocess.ts';
import { findFeatures } from '../../inspect/featureLayers.ts';
import { keyOfModel, openFed } from '../openFed.ts';
import type { Services } from '../services.ts';
import { type FeatureModel, type Features, keptPixels, rowSizes, runFeatures } from './imageFeatures.ts';

/** Whose index: a model file, the folder of the data set's database, a layer (undefined: the automatic one). */
export interface IndexOf {
  model: string;
  store: string;
  layer?: string;
}

/** The indexed ones among some files, in their order. */
export interface IndexedFeatures extends FeatureRows {
  paths: readonly string[];
}

/** `value`: of the graph, [N,C,H,W], averaged over positions, or [N,C]. */
export interface OpenIndex extends FeatureModel {
  store: FeatureStore;
  /**
   * What is kept of those files that are indexed as they are now; reads no image. Other work goes on meanwhile. Two paths with the same
   * content are two rows.
   */
  features(paths: readonly string[], signal: AbortSignal): Promise<IndexedFeatures>;
}

/** The same numbers of one image file. */
export interface ImageFeatures extends Features {
  /** SHA-256 of the file, hex. */
  hash: string;
  /** [p]. */
  pixels: Uint8Array;
  /** What the network is fed. */
  fed: FedImage;
}

/** Throws ModelError: `input` where nothing tells the preprocessing, `method` where there is no such layer, or none with features. */
export async function openIndex(
  services: Services,
  { model, store: folder, layer: name }: IndexOf,
  signal: AbortSignal,
): Promise<OpenIndex> {
  const fed = await openFed(services, model, signal);
  const { layer, value } = findFeatures(fed.open.model, name);
  const store = new FeatureStore(folder, keyOfModel(fed));
  const catalogue = new Catalogue(folder);
  const sizes = rowSizes({ ...fed, layer, value });
  return {
    ...fed,
    layer,
    value,
    store,
    async features(paths, signal) {
      const known = (await catalogue.recallAll(paths, signal)).flatMap((file) => (file && 'hash' in file ? [file] : []));
      const { at, ...rows } = await store.rows(
        layer.name,
        sizes,
        known.map(({ hash }) => hash),
        signal,
      );
      return { ...rows, paths: Array.from(at, (i) => known[i]?.path as string) };
    },
  };
}

/** At the same priority as what is on screen. */
const asked = 0;

/** What an index would keep of an image file, be it of the data set or not. Throws ModelError naming the image where it cannot be read. */
export async function featuresOf(services: Services, index: OpenIndex, path: string, signal: AbortSignal): Promise<ImageFeatures> {
  const image = await services.inputs.decode(path, signal);
  const fed = services.inputs.feed(image, index.preprocessing, index.info);
  const [features] = await runFeatures(services, index, { tensor: fed.tensor, paths: [path] }, { priority: asked, signal });
  return { ...(features as Features), hash: image.hash, pixels: keptPixels(fed.tensor, index), fed };
}
