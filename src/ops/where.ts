import { broadcastShapes } from './broadcast.ts';
import { asFloat, minus, mul } from './emit.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** [condition, a, b]: a where the condition holds, else b, with broadcasting. */
export const where: Op<'Where'> = {
  kind: 'other',
  infer(node, inputs) {
    const condition = inputType(node, inputs, 0);
    const x = inputType(node, inputs, 1);
    const y = inputType(node, inputs, 2);
    if (condition.dtype !== 'bool') throw misfit(node, `needs a bool condition, got ${condition.dtype}`);
    if (x.dtype !== y.dtype) throw misfit(node, `mixes ${x.dtype} and ${y.dtype}`);
    return [{ dtype: x.dtype, shape: broadcastShapes(node, condition.shape, broadcastShapes(node, x.shape, y.shape)) }];
  },
  gradient({ node, b, grad }) {
    const condition = node.inputs[0] as string;
    return [undefined, () => mul(b, grad, asFloat(b, condition)), () => mul(b, grad, minus(b, 1, asFloat(b, condition)))];
  },
};
