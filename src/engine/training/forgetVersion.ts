import type { TrainingHandler } from './handler.ts';

export const forgetVersion: TrainingHandler<'forgetVersion'> = async () => {};
