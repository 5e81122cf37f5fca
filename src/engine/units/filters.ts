import { ModelError } from '../../shared/errors.ts';
import type { Services } from '../services.ts';
import type { UnitHandler } from './handler.ts';

/** Kernels of a layer. */
export const filters: UnitHandler<'filters'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'filters is not there yet.');
};
