import { sameShape } from '../graph/graph.ts';
import { checkBatchFirst, unsupported, volume } from './axes.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';
import { reshapeGradient } from './reshapeGradient.ts';

/** The same values in another shape; a batch stays the batch. */
export const reshape: Op<'Reshape'> = {
  kind: 'shape',
  infer(node, inputs) {
    const { dtype, shape } = inputType(node, inputs, 0);
    const to = node.attrs.shape;
    if (sameShape(shape, to)) return [{ dtype, shape }];
    checkBatchFirst(node, to);
    if ((shape[0] === 'N') !== (to[0] === 'N')) throw unsupported(node, `mixes the batch with other axes: [${shape}] to [${to}]`);
    if (volume(shape) !== volume(to) || to.some((d) => d !== 'N' && !(d >= 0))) throw misfit(node, `cannot make [${to}] of [${shape}]`);
    return [{ dtype, shape: to }];
  },
  gradient: reshapeGradient,
};
