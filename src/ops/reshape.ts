import { sameShape } from '../graph/graph.ts';
import { checkBatchFirst, unsupported, volume } from './axes.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';
import { reshapeGradient } from './reshapeGradient.ts';

/** The same values in another shape; a batch stays the batch unless `regroup` says that 'N' is what is left over. */
export const reshape: Op<'Reshape'> = {
  kind: 'shape',
  infer(node, inputs) {
    const { dtype, shape } = inputType(node, inputs, 0);
    const { shape: to, regroup } = node.attrs;
    if (sameShape(shape, to)) return [{ dtype, shape }];
    checkBatchFirst(node, to);
    if (to.some((d) => d !== 'N' && !(Number.isInteger(d) && d >= 0))) throw misfit(node, `cannot make [${to}] of [${shape}]`);
    const [from, into] = [volume(shape), volume(to)];
    if (regroup && (shape[0] === 'N' || to[0] === 'N')) {
      if (from % into !== 0 && into % from !== 0) throw misfit(node, `cannot regroup [${shape}] to [${to}]`);
      return [{ dtype, shape: to }];
    }
    if ((shape[0] === 'N') !== (to[0] === 'N')) throw unsupported(node, `mixes the batch with other axes: [${shape}] to [${to}]`);
    if (from !== into) throw misfit(node, `cannot make [${to}] of [${shape}]`);
    return [{ dtype, shape: to }];
  },
  gradient: reshapeGradient,
};
