import { sameUnary } from './elementwise.ts';
import { mul, positive } from './emit.ts';
import type { Op } from './op.ts';

/** max(0, x). Derivative 0 at 0. */
export const relu: Op<'Relu'> = {
  kind: 'activation',
  infer: sameUnary,
  gradient: ({ node, b, grad }) => [() => mul(b, grad, positive(b, node.outputs[0] as string))],
};
