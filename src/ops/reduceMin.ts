import type { Op } from './op.ts';
import { extremeGradient, reducedType } from './reduce.ts';

/** Smallest element over axes. Of equal ones the first in row-major order takes the whole gradient. */
export const reduceMin: Op<'ReduceMin'> = {
  kind: 'other',
  infer: reducedType,
  gradient: extremeGradient,
};
