import { ModelError } from '../../shared/errors.ts';
import type { TrainingHandler } from './handler.ts';

export const drift: TrainingHandler<'drift'> = async () => {
  throw new ModelError('unsupported', 'not built yet');
};
