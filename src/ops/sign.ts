import { sameUnary } from './elementwise.ts';
import type { Op } from './op.ts';

/** −1, 0 or 1. Constant almost everywhere: nothing flows. */
export const sign: Op<'Sign'> = {
  kind: 'other',
  infer: sameUnary,
  gradient: 'none',
};
