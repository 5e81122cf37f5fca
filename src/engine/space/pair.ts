import { ModelError } from '../../shared/errors.ts';
import type { SpaceHandler } from './handler.ts';

export const pair: SpaceHandler<'pair'> = async () => {
  throw new ModelError('internal', "'pair' is not there yet.");
};
