import { floatUnary } from './elementwise.ts';
import { div, mul, shifted } from './emit.ts';
import type { Op } from './op.ts';

/** x/(1 + |x|). Derivative 1/(1 + |x|)². */
export const softsign: Op<'Softsign'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const x = node.inputs[0] as string;
      const s = shifted(b, b.op('Abs', [x], {}), 1);
      return div(b, grad, mul(b, s, s));
    },
  ],
};
