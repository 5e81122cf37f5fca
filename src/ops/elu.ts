import { floatUnary } from './elementwise.ts';
import { add, mul, negativePart, positive, scaled } from './emit.ts';
import type { Op } from './op.ts';

/** x for x > 0, else alpha·(e^x − 1). Derivative alpha at 0. */
export const elu: Op<'Elu'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const x = node.inputs[0] as string;
      const { alpha } = node.attrs;
      // alpha·e^min(x,0) is right for x ≤ 0 and alpha beyond, where 1 − alpha is missing.
      const slope = scaled(b, b.op('Exp', [negativePart(b, x)], {}), alpha);
      return mul(b, grad, alpha === 1 ? slope : add(b, slope, scaled(b, positive(b, x), 1 - alpha)));
    },
  ],
};
