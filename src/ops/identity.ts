import { sameUnary } from './elementwise.ts';
import type { Op } from './op.ts';

/** The input as it is; also Dropout at inference. */
export const identity: Op<'Identity'> = {
  kind: 'shape',
  infer: sameUnary,
  gradient: ({ grad }) => [() => grad],
};
