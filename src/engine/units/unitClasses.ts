import { ModelError } from '../../shared/errors.ts';
import type { Services } from '../services.ts';
import type { UnitHandler } from './handler.ts';

/** Which classes a unit speaks for. */
export const unitClasses: UnitHandler<'unitClasses'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'unitClasses is not there yet.');
};
