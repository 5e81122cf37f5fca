import { ModelError } from '../../shared/errors.ts';
import type { SpaceHandler } from './handler.ts';

export const stopLayout: SpaceHandler<'stopLayout'> = async () => {
  throw new ModelError('internal', "'stopLayout' is not there yet.");
};
