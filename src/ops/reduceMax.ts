import type { Op } from './op.ts';
import { extremeGradient, reducedType } from './reduce.ts';

/** Largest element over axes. Of equal ones the first in row-major order takes the whole gradient. */
export const reduceMax: Op<'ReduceMax'> = {
  kind: 'pool-max',
  infer: reducedType,
  gradient: extremeGradient,
};
