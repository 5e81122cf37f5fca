import { TrainingStore } from '../../dataset/trainingStore.ts';
import type { TrainingHandler } from './handler.ts';

export const forgetVersion: TrainingHandler<'forgetVersion'> = async (_, { store, version }) => {
  await new TrainingStore(store).forget(version);
};
