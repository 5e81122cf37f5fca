import { ModelError } from '../../shared/errors.ts';
import type { Services } from '../services.ts';
import type { UnitHandler } from './handler.ts';

/** What drove a unit in each patch, carried back to the pixels. */
export const projections: UnitHandler<'projections'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'projections is not there yet.');
};
