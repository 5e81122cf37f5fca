import { floatUnary } from './elementwise.ts';
import { add, minus, mul, positive, scaled } from './emit.ts';
import type { Op } from './op.ts';

/** x·h with h = max(0, min(1, x/6 + 1/2)). Derivative h + x/6 where 0 < h < 1, else h: 0 at −3, 1 at 3. */
export const hardSwish: Op<'HardSwish'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const x = node.inputs[0] as string;
      const h = b.op('HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 });
      const inside = positive(b, mul(b, h, minus(b, 1, h)));
      return mul(b, grad, add(b, h, mul(b, scaled(b, x, 1 / 6), inside)));
    },
  ],
};
