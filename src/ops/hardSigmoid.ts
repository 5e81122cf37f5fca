import { floatUnary } from './elementwise.ts';
import { minus, mul, positive, scaled } from './emit.ts';
import type { Op } from './op.ts';

/** max(0, min(1, alpha·x + beta)). Derivative alpha where 0 < y < 1, else 0. */
export const hardSigmoid: Op<'HardSigmoid'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const y = node.outputs[0] as string;
      // y·(1 − y) is positive exactly inside.
      const inside = positive(b, mul(b, y, minus(b, 1, y)));
      return mul(b, grad, scaled(b, inside, node.attrs.alpha));
    },
  ],
};
