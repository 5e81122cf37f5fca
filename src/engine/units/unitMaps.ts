import { ModelError } from '../../shared/errors.ts';
import type { Services } from '../services.ts';
import type { UnitHandler } from './handler.ts';

/** All units of a layer for one image. */
export const unitWall: UnitHandler<'unitWall'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'unitWall is not there yet.');
};

/** One unit over several images. */
export const unitMaps: UnitHandler<'unitMaps'> = async (_services: Services) => {
  throw new ModelError('unsupported', 'unitMaps is not there yet.');
};
