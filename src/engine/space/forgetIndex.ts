import { ModelError } from '../../shared/errors.ts';
import type { SpaceHandler } from './handler.ts';

export const forgetIndex: SpaceHandler<'forgetIndex'> = async () => {
  throw new ModelError('internal', "'forgetIndex' is not there yet.");
};
