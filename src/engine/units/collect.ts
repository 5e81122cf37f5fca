import { ModelError } from '../../shared/errors.ts';
import type { Services } from '../services.ts';
import type { UnitHandler } from './handler.ts';

/** Goes over the images once. */
export const collect: UnitHandler<'collect'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'collect is not there yet.');
};

/** What is collected. */
export const collected: UnitHandler<'collected'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'collected is not there yet.');
};

/** Deletes what is collected. */
export const forgetCollected: UnitHandler<'forgetCollected'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'forgetCollected is not there yet.');
};
