import { ModelError } from '../../shared/errors.ts';
import type { Services } from '../services.ts';
import type { UnitHandler } from './handler.ts';

/** What the data set says of all units of a layer. */
export const layerUnits: UnitHandler<'layerUnits'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'layerUnits is not there yet.');
};

/** What the data set says of one unit. */
export const unitSummary: UnitHandler<'unitSummary'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'unitSummary is not there yet.');
};
