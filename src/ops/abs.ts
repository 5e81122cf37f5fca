import { sameUnary } from './elementwise.ts';
import { mul } from './emit.ts';
import type { Op } from './op.ts';

/** |x|. Derivative 0 at 0. */
export const abs: Op<'Abs'> = {
  kind: 'other',
  infer: sameUnary,
  gradient: ({ node, b, grad }) => [() => mul(b, grad, b.op('Sign', [node.inputs[0] as string], {}))],
};
