import { floatUnary } from './elementwise.ts';
import { add, mul, negativePart, positive, scaled } from './emit.ts';
import type { Op } from './op.ts';

/** gamma·x for x > 0, else gamma·alpha·(e^x − 1). Derivative gamma·alpha at 0. */
export const selu: Op<'Selu'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const x = node.inputs[0] as string;
      const { alpha, gamma } = node.attrs;
      const slope = scaled(b, b.op('Exp', [negativePart(b, x)], {}), alpha * gamma);
      return mul(b, grad, add(b, slope, scaled(b, positive(b, x), gamma * (1 - alpha))));
    },
  ],
};
