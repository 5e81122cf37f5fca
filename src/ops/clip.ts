import type { GraphBuilder } from '../graph/builder.ts';
import { floatUnary } from './elementwise.ts';
import { FLOAT_MAX, minus, mul, positive, shifted } from './emit.ts';
import type { Op } from './op.ts';

/** min(max, max(min, x)); relu6 is [0, 6]. The gradient passes where min < x < max. A bound beyond float32 is none. */
export const clip: Op<'Clip'> = {
  kind: 'activation',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [
    () => {
      const distance = room(b, node.outputs[0] as string, node.attrs.min, node.attrs.max);
      return distance === undefined ? grad : mul(b, grad, positive(b, distance));
    },
  ],
};

/** A value that is positive where y is strictly between the bounds and 0 on them; undefined without bounds. */
function room(b: GraphBuilder, y: string, min: number, max: number): string | undefined {
  const below = min > -FLOAT_MAX ? shifted(b, y, -min) : undefined;
  const above = max < FLOAT_MAX ? minus(b, max, y) : undefined;
  return below !== undefined && above !== undefined ? mul(b, below, above) : (below ?? above);
}
