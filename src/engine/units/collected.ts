import type { LayerCollection } from '../../dataset/collection.ts';
import { ModelError } from '../../shared/errors.ts';
import type { ModelInfo } from '../../shared/protocol.ts';
import type { OpenModel } from '../models.ts';
import type { Services } from '../services.ts';

/** Whose collection: a model file, the folder that collections are kept in, a layer's name. */
export interface CollectionOf {
  model: string;
  store: string;
  layer: string;
}

/**
 * What is collected of a layer, with the model it was collected with: the one that images are fed to as
 * `inputs.feed(image, info.preprocessing, info)` says. Kept in memory. Throws ModelError('method') where nothing is collected.
 */
export async function layerCollection(
  _services: Services,
  { layer }: CollectionOf,
  _signal: AbortSignal,
): Promise<{ open: OpenModel; info: ModelInfo; collection: LayerCollection }> {
  throw new ModelError('method', `Nothing is collected of layer '${layer}'.`, { where: layer, hint: 'Collect first.' });
}
