import { sameUnary } from './elementwise.ts';
import type { Op } from './op.ts';

/** −x. */
export const neg: Op<'Neg'> = {
  kind: 'other',
  infer: sameUnary,
  gradient: ({ b, grad }) => [() => b.op('Neg', [grad], {})],
};
