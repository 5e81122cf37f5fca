import { ModelError } from '../../shared/errors.ts';
import type { SpaceHandler } from './handler.ts';

export const agreement: SpaceHandler<'agreement'> = async () => {
  throw new ModelError('internal', "'agreement' is not there yet.");
};
