import { floatUnary } from './elementwise.ts';
import { minus, mul } from './emit.ts';
import type { Op } from './op.ts';

/** Hyperbolic tangent. Derivative 1 − y². */
export const tanh: Op<'Tanh'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const y = node.outputs[0] as string;
      return mul(b, grad, minus(b, 1, mul(b, y, y)));
    },
  ],
};
