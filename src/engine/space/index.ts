import { ModelError } from '../../shared/errors.ts';
import type { SpaceHandler } from './handler.ts';

export const index: SpaceHandler<'index'> = async () => {
  throw new ModelError('internal', "'index' is not there yet.");
};
