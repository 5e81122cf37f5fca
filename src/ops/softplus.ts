import { floatUnary } from './elementwise.ts';
import { mul } from './emit.ts';
import type { Op } from './op.ts';

/** ln(1 + e^x). Derivative σ(x). */
export const softplus: Op<'Softplus'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [() => mul(b, grad, b.op('Sigmoid', [node.inputs[0] as string], {}))],
};
