import type { TrainingHandler } from './handler.ts';

export const trainingLogs: TrainingHandler<'trainingLogs'> = async () => [];
