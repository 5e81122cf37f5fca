import type { Handlers } from '../../shared/rpc.ts';
import type { UnitCalls } from '../../shared/unitsProtocol.ts';
import type { Services } from '../services.ts';
import { collect, forgetCollected } from './collect.ts';
import { collected } from './collectionState.ts';
import { filters } from './filters.ts';
import type { UnitHandler } from './handler.ts';
import { layerUnits, unitSummary } from './layerUnits.ts';
import { topPatches } from './patches.ts';
import { projections } from './projections.ts';
import { unitClasses } from './unitClasses.ts';
import { unitLayers } from './unitLayers.ts';
import { unitMaps, unitWall } from './unitMaps.ts';
import { visualise, visualisers } from './visualise.ts';

const handlers: { [K in keyof UnitCalls]: UnitHandler<K> } = {
  unitLayers,
  unitWall,
  unitMaps,
  filters,
  collect,
  collected,
  forgetCollected,
  layerUnits,
  unitSummary,
  topPatches,
  projections,
  unitClasses,
  visualisers,
  visualise,
};

/** The calls about units, on the services of one engine. */
export function unitHandlers(services: Services): Handlers<UnitCalls> {
  const bound = Object.entries(handlers).map(([name, handle]) => [
    name,
    (params: never, context: never) => (handle as UnitHandler<keyof UnitCalls>)(services, params, context),
  ]);
  return Object.fromEntries(bound);
}
