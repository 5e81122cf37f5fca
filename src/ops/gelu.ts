import type { GraphBuilder } from '../graph/builder.ts';
import { floatUnary } from './elementwise.ts';
import { add, minus, mul, scaled, shifted } from './emit.ts';
import type { Op } from './op.ts';

/** Coefficients of the tanh approximation, x/2·(1 + tanh(ROOT·(x + CUBIC·x³))) (Hendrycks and Gimpel, 2016). */
const ROOT = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** x·Φ(x) with the normal distribution function Φ, or its tanh approximation. */
export const gelu: Op<'Gelu'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const x = node.inputs[0] as string;
      return mul(b, grad, node.attrs.approximate === 'tanh' ? tanhSlope(b, x) : exactSlope(b, x));
    },
  ],
};

/** Φ(x) + x·φ(x). */
function exactSlope(b: GraphBuilder, x: string): string {
  const erf = b.op('Erf', [scaled(b, x, Math.SQRT1_2)], {});
  const distribution = shifted(b, scaled(b, erf, 0.5), 0.5);
  const density = scaled(b, b.op('Exp', [scaled(b, mul(b, x, x), -0.5)], {}), 1 / Math.sqrt(2 * Math.PI));
  return add(b, distribution, mul(b, x, density));
}

/** (1 + t)/2 + x/2·(1 − t²)·u′ with t = tanh u, u = ROOT·(x + CUBIC·x³). */
function tanhSlope(b: GraphBuilder, x: string): string {
  const square = mul(b, x, x);
  const t = b.op('Tanh', [mul(b, x, shifted(b, scaled(b, square, ROOT * CUBIC), ROOT))], {});
  const inner = shifted(b, scaled(b, square, 1.5 * ROOT * CUBIC), ROOT / 2);
  return add(b, shifted(b, scaled(b, t, 0.5), 0.5), mul(b, mul(b, x, inner), minus(b, 1, mul(b, t, t))));
}
