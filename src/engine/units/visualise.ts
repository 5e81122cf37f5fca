import { ModelError } from '../../shared/errors.ts';
import type { Services } from '../services.ts';
import type { UnitHandler } from './handler.ts';

/** The ways to climb. */
export const visualisers: UnitHandler<'visualisers'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'visualisers is not there yet.');
};

/** Climbs. */
export const visualise: UnitHandler<'visualise'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'visualise is not there yet.');
};
