import { floatUnary } from './elementwise.ts';
import { minus, mul } from './emit.ts';
import type { Op } from './op.ts';

/** 1/(1 + e^−x). Derivative y·(1 − y). */
export const sigmoid: Op<'Sigmoid'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const y = node.outputs[0] as string;
      return mul(b, grad, mul(b, y, minus(b, 1, y)));
    },
  ],
};
