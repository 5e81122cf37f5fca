import { broadcastShapes } from './broadcast.ts';
import { add, minus, mul, positive, sub } from './emit.ts';
import { floatInput, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** [x, slope]: x for x > 0, else slope·x; slope broadcasts to x. Derivative slope at 0. */
export const pRelu: Op<'PRelu'> = {
  kind: 'activation',
  infer(node, inputs) {
    const x = floatInput(node, inputs, 0);
    const slope = floatInput(node, inputs, 1);
    const shape = broadcastShapes(node, x.shape, slope.shape);
    if (shape.length !== x.shape.length || shape.some((d, i) => d !== x.shape[i])) {
      throw misfit(node, `has slopes [${slope.shape}], which do not broadcast to [${x.shape}]`);
    }
    return [x];
  },
  gradient({ node, b, grad }) {
    const [x, slope] = node.inputs as [string, string];
    return [
      // slope + (1 − slope)·[x > 0]
      () => mul(b, grad, add(b, slope, mul(b, minus(b, 1, slope), positive(b, x)))),
      () => mul(b, grad, sub(b, x, b.op('Relu', [x], {}))),
    ];
  },
};
