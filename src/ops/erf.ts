import { floatUnary } from './elementwise.ts';
import { mul, scaled } from './emit.ts';
import type { Op } from './op.ts';

/** Error function. Derivative 2/√π·e^(−x²). Not an activation itself: exporters build GELU from it. */
export const erf: Op<'Erf'> = {
  kind: 'other',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const x = node.inputs[0] as string;
      const bell = b.op('Exp', [b.op('Neg', [mul(b, x, x)], {})], {});
      return mul(b, grad, scaled(b, bell, 2 / Math.sqrt(Math.PI)));
    },
  ],
};
