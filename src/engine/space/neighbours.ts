import { ModelError } from '../../shared/errors.ts';
import type { SpaceHandler } from './handler.ts';

export const neighbours: SpaceHandler<'neighbours'> = async () => {
  throw new ModelError('internal', "'neighbours' is not there yet.");
};
