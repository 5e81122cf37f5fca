import type { TrainingHandler } from './handler.ts';

export const recall: TrainingHandler<'recall'> = async () => ({ frames: undefined, whole: undefined });
