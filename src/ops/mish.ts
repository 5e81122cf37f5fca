import { floatUnary } from './elementwise.ts';
import { add, minus, mul } from './emit.ts';
import type { Op } from './op.ts';

/** x·t with t = tanh(softplus(x)). Derivative t + x·(1 − t²)·σ(x). */
export const mish: Op<'Mish'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const x = node.inputs[0] as string;
      const t = b.op('Tanh', [b.op('Softplus', [x], {})], {});
      const slope = mul(b, minus(b, 1, mul(b, t, t)), b.op('Sigmoid', [x], {}));
      return mul(b, grad, add(b, t, mul(b, x, slope)));
    },
  ],
};
