import { floatUnary } from './elementwise.ts';
import { mul, positive, scaled, shifted } from './emit.ts';
import type { Op } from './op.ts';

/** x for x > 0, else alpha·x. Derivative alpha at 0. */
export const leakyRelu: Op<'LeakyRelu'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const x = node.inputs[0] as string;
      const { alpha } = node.attrs;
      // For 0 ≤ alpha ≤ 1 the slope is the step clipped to [alpha, 1].
      if (alpha >= 0 && alpha <= 1) return mul(b, grad, b.op('Clip', [positive(b, x)], { min: alpha, max: 1 }));
      return mul(b, grad, shifted(b, scaled(b, positive(b, x), 1 - alpha), alpha));
    },
  ],
};
