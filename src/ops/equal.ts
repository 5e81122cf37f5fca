import { comparison } from './elementwise.ts';
import type { Op } from './op.ts';

/** a = b, element-wise with broadcasting. */
export const equal: Op<'Equal'> = {
  kind: 'other',
  infer: comparison,
  gradient: 'none',
};
