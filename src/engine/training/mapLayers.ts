import { untilAborted } from '../../shared/sharedJobs.ts';
import type { TrainingHandler } from './handler.ts';

export const mapLayers: TrainingHandler<'mapLayers'> = async ({ models }, { model }, { signal }) => {
  const { layers, defaultLayer = '' } = await untilAborted(models.openAside(model), signal);
  return { layers: layers.filter(({ spatial }) => spatial), defaultLayer };
};
