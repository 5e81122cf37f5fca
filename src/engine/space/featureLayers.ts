import { ModelError } from '../../shared/errors.ts';
import type { SpaceHandler } from './handler.ts';

export const featureLayers: SpaceHandler<'featureLayers'> = async () => {
  throw new ModelError('internal', "'featureLayers' is not there yet.");
};
