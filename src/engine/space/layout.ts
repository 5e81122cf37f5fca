import { ModelError } from '../../shared/errors.ts';
import type { SpaceHandler } from './handler.ts';

export const layout: SpaceHandler<'layout'> = async () => {
  throw new ModelError('internal', "'layout' is not there yet.");
};
