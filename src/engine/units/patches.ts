import { ModelError } from '../../shared/errors.ts';
import type { Services } from '../services.ts';
import type { UnitHandler } from './handler.ts';

/** The parts of images that drive units most. */
export const topPatches: UnitHandler<'topPatches'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'topPatches is not there yet.');
};
