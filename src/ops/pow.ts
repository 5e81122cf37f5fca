import type { GraphBuilder } from '../graph/builder.ts';
import { binary } from './elementwise.ts';
import { div, mul, scaled, shifted } from './emit.ts';
import type { Op } from './op.ts';

/** [x, p]: x^p with broadcasting. The derivative by p needs x > 0. */
export const pow: Op<'Pow'> = {
  kind: 'other',
  infer: binary,
  gradient({ node, b, grad }) {
    const [x, p] = node.inputs as [string, string];
    const y = node.outputs[0] as string;
    return [() => mul(b, grad, slope(b, x, p, y)), () => mul(b, grad, mul(b, y, b.op('Log', [x], {})))];
  },
};

/** p·x^(p − 1), in cheap operators for the constant exponents that occur. */
function slope(b: GraphBuilder, x: string, p: string, y: string): string {
  const exponent = b.constants.get(p);
  const value = exponent?.data.length === 1 ? Number(exponent.data[0]) : undefined;
  if (value === 0) return b.scalar(0);
  if (value === 1) return b.scalar(1);
  if (value === 2) return scaled(b, x, 2);
  if (value === 3) return scaled(b, mul(b, x, x), 3);
  if (value === 0.5) return div(b, b.scalar(0.5), y);
  return mul(b, p, b.op('Pow', [x, shifted(b, p, -1)], {}));
}
