import { ModelError } from '../../shared/errors.ts';
import type { SpaceHandler } from './handler.ts';

export const rows: SpaceHandler<'rows'> = async () => {
  throw new ModelError('internal', "'rows' is not there yet.");
};
