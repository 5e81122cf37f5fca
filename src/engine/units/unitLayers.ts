import { untilAborted } from '../../shared/sharedJobs.ts';
import type { UnitHandler } from './handler.ts';
import { defaultUnitLayer, unitLayersOf } from './unitLayer.ts';

/** The layers that have units, in order of depth. */
export const unitLayers: UnitHandler<'unitLayers'> = async ({ models, inputs }, { model }, { signal }) => {
  const open = await untilAborted(models.open(model), signal);
  return { model: await inputs.describe(open, undefined), layers: unitLayersOf(open), defaultLayer: defaultUnitLayer(open) };
};
