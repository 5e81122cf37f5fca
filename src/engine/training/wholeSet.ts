import { ModelError } from '../../shared/errors.ts';
import type { TrainingHandler } from './handler.ts';

export const wholeSet: TrainingHandler<'wholeSet'> = async () => {
  throw new ModelError('unsupported', 'not built yet');
};
