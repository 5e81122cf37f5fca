import { defaultFeatures, featurePlaces } from '../../inspect/featureLayers.ts';
import { untilAborted } from '../../shared/sharedJobs.ts';
import type { SpaceHandler } from './handler.ts';

export const featureLayers: SpaceHandler<'featureLayers'> = async (services, { model }, { signal }) => {
  const open = await untilAborted(services.models.open(model), signal);
  const layers = featurePlaces(open.model).map(({ layer }) => layer);
  return { model: await services.inputs.describe(open, undefined), layers, defaultLayer: defaultFeatures(open.model).layer.name };
};
