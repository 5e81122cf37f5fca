import { sameShape } from '../graph/graph.ts';
import type { Shape } from '../graph/opset.ts';
import { checkBatchFirst, unsupported, volume } from './axes.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';
import { reshapeGradient } from './reshapeGradient.ts';

/**
 * The same values in another shape; a batch stays the batch. Two forms in which gradients treat all images alike are
 * allowed beyond that, there 'N' is whatever is left over: everything in one row ['N'] and every channel an image
 * ['N',1,H,W], each to and from.
 */
export const reshape: Op<'Reshape'> = {
  kind: 'shape',
  infer(node, inputs) {
    const { dtype, shape } = inputType(node, inputs, 0);
    const to = node.attrs.shape;
    if (sameShape(shape, to)) return [{ dtype, shape }];
    checkBatchFirst(node, to);
    if (isFlattened(shape, to) || isFlattened(to, shape)) return [{ dtype, shape: to }];
    if ((shape[0] === 'N') !== (to[0] === 'N')) throw unsupported(node, `mixes the batch with other axes: [${shape}] to [${to}]`);
    if (volume(shape) !== volume(to) || to.some((d) => d !== 'N' && !(d >= 0))) throw misfit(node, `cannot make [${to}] of [${shape}]`);
    return [{ dtype, shape: to }];
  },
  gradient: reshapeGradient,
};

/** Whether `flat` is `full` with the batch merged into one row, or with its channels. */
function isFlattened(full: Shape, flat: Shape): boolean {
  if (flat[0] !== 'N') return false;
  if (flat.length === 1) return true;
  return flat.length >= 3 && flat.length === full.length && flat[1] === 1 && sameShape(flat.slice(2), full.slice(2));
}
