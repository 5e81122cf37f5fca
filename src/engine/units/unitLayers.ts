import { ModelError } from '../../shared/errors.ts';
import type { Services } from '../services.ts';
import type { UnitHandler } from './handler.ts';

/** The layers that have units, in order of depth. */
export const unitLayers: UnitHandler<'unitLayers'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'unitLayers is not there yet.');
};
