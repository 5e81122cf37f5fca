import { ModelError } from '../../shared/errors.ts';
import type { SpaceHandler } from './handler.ts';

export const layouts: SpaceHandler<'layouts'> = async () => {
  throw new ModelError('internal', "'layouts' is not there yet.");
};
