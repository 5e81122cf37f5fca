import { sameShape } from '../graph/graph.ts';
import { checkBatchFirst, unsupported } from './axes.ts';
import { broadcastShapes } from './broadcast.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** The input broadcast to `shape`, which is the shape that comes out. */
export const expand: Op<'Expand'> = {
  kind: 'shape',
  infer(node, inputs) {
    const { dtype, shape } = inputType(node, inputs, 0);
    const to = node.attrs.shape;
    if (!sameShape(broadcastShapes(node, shape, to), to)) throw misfit(node, `cannot broadcast [${shape}] to [${to}]`);
    checkBatchFirst(node, to);
    if (to[0] === 'N' && !(shape[0] === 'N' && shape.length === to.length)) {
      throw unsupported(node, `makes a batch out of [${shape}], whose size it does not know`);
    }
    return [{ dtype, shape: to }];
  },
  gradient: ({ grad }) => [() => grad],
};
