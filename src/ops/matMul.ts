import type { GraphBuilder } from '../graph/builder.ts';
import type { Dim } from '../graph/opset.ts';
import { checkBatchFirst, range } from './axes.ts';
import { broadcastShapes } from './broadcast.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** Matrix product with broadcast batch axes; both inputs at least 2-D. */
export const matMul: Op<'MatMul'> = {
  kind: 'linear',
  infer(node, inputs) {
    const a = inputType(node, inputs, 0);
    const c = inputType(node, inputs, 1);
    if (a.shape.length < 2 || c.shape.length < 2) throw misfit(node, `needs inputs of 2 or more axes, got [${a.shape}] and [${c.shape}]`);
    if (a.shape.at(-1) !== c.shape.at(-2)) throw misfit(node, `multiplies [${a.shape}] by [${c.shape}]`);
    const lead = broadcastShapes(node, a.shape.slice(0, -2), c.shape.slice(0, -2));
    return [{ dtype: a.dtype, shape: checkBatchFirst(node, [...lead, a.shape.at(-2) as Dim, c.shape.at(-1) as Dim]) }];
  },
  gradient({ node, b, grad }) {
    const [x, y] = node.inputs as [string, string];
    return [() => b.op('MatMul', [grad, transposed(b, y)], {}), () => b.op('MatMul', [transposed(b, x), grad], {})];
  },
};

function transposed(b: GraphBuilder, value: string): string {
  const rank = b.shape(value).length;
  const perm = range(rank);
  perm[rank - 2] = rank - 1;
  perm[rank - 1] = rank - 2;
  return b.op('Transpose', [value], { perm });
}
