import { floatUnary } from './elementwise.ts';
import { mul } from './emit.ts';
import type { Op } from './op.ts';

/** e^x. Derivative y. */
export const exp: Op<'Exp'> = {
  kind: 'other',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [() => mul(b, grad, node.outputs[0] as string)],
};
