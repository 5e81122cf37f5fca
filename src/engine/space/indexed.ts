import { ModelError } from '../../shared/errors.ts';
import type { SpaceHandler } from './handler.ts';

export const indexed: SpaceHandler<'indexed'> = async () => {
  throw new ModelError('internal', "'indexed' is not there yet.");
};
