import { ModelError } from '../../shared/errors.ts';
import type { SpaceHandler } from './handler.ts';

export const thumbnails: SpaceHandler<'thumbnails'> = async () => {
  throw new ModelError('internal', "'thumbnails' is not there yet.");
};
