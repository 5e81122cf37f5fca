import type { Services } from '../services.ts';
import type { TrainingHandler } from './handler.ts';
import { LogFiles } from './logs/logFiles.ts';

const all = new WeakMap<Services, LogFiles>();

export const trainingLogs: TrainingHandler<'trainingLogs'> = async (services, { files }, { signal }) => {
  const known = all.get(services) ?? new LogFiles();
  all.set(services, known);
  return await known.read(files, signal);
};
