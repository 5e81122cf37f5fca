import { type FeatureRows, FeatureStore } from '../../dataset/featureStore.ts';
import type { FedImage } from '../../image/preprocess.ts';
import { ModelError } from '../../shared/errors.ts';
import type { FeatureLayer } from '../../shared/spaceProtocol.ts';
import { type FedModel, keyOfModel, openFed } from '../openFed.ts';
import type { Services } from '../services.ts';

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

export interface OpenIndex extends FedModel {
  layer: FeatureLayer;
  /** Value of the graph that the features are read from: [N,C,H,W], averaged over positions, or [N,C]. */
  value: string;
  store: FeatureStore;
  /**
   * What is kept of those files that are indexed as they are now; reads no image. Other work goes on meanwhile. Two paths with the same
   * content are two rows.
   */
  features(paths: readonly string[], signal: AbortSignal): Promise<IndexedFeatures>;
}

/** The same numbers of one image file. */
export interface ImageFeatures {
  /** SHA-256 of the file, hex. */
  hash: string;
  /** [d]. */
  vector: Float32Array;
  /** [p]. */
  pixels: Uint8Array;
  /** [K], best first. */
  classes: Int32Array;
  logits: Float32Array;
  logSumExp: number;
  /** What the network is fed. */
  fed: FedImage;
}

/** Throws ModelError: `input` where nothing tells the preprocessing, `method` where there is no such layer, or none with features. */
export async function openIndex(services: Services, { model, store }: IndexOf, signal: AbortSignal): Promise<OpenIndex> {
  const fed = await openFed(services, model, signal);
  const features = new FeatureStore(store, keyOfModel(fed));
  throw new ModelError('internal', `The index in '${features.folder}' is not there yet.`);
}

/** What an index would keep of an image file, be it of the data set or not. Throws ModelError naming the image where it cannot be read. */
export async function featuresOf(_services: Services, _index: OpenIndex, path: string, _signal: AbortSignal): Promise<ImageFeatures> {
  throw new ModelError('internal', `The features of '${path}' cannot be computed yet.`);
}
