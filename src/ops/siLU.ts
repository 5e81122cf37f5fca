import { floatUnary } from './elementwise.ts';
import { add, minus, mul } from './emit.ts';
import type { Op } from './op.ts';

/** x·σ(x), also called swish. Derivative σ + y·(1 − σ). */
export const siLU: Op<'SiLU'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const x = node.inputs[0] as string;
      const y = node.outputs[0] as string;
      const s = b.op('Sigmoid', [x], {});
      return mul(b, grad, add(b, s, mul(b, y, minus(b, 1, s))));
    },
  ],
};
