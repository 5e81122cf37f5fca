import { sameShape } from '../graph/graph.ts';
import { checkAxis, checkNoBatch, unsupported } from './axes.ts';
import { asFloat, mul } from './emit.ts';
import { iota } from './indices.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** [data, indices, updates]: data plus every update at its index along one axis; duplicates add up (ONNX reduction = add). */
export const scatterElements: Op<'ScatterElements'> = {
  kind: 'other',
  infer(node, inputs) {
    const data = inputType(node, inputs, 0);
    const indices = inputType(node, inputs, 1);
    const updates = inputType(node, inputs, 2);
    const { axis } = node.attrs;
    if (indices.dtype !== 'int64' && indices.dtype !== 'int32') throw misfit(node, `needs integer indices, got ${indices.dtype}`);
    if (updates.dtype !== data.dtype) throw misfit(node, `mixes ${data.dtype} and ${updates.dtype}`);
    checkAxis(node, axis, data.shape.length);
    // One row of everything, as in the gradient of MaxPool, has no batch to keep apart.
    const oneRow = data.shape.length === 1 && data.shape[0] === 'N';
    if (!oneRow) checkNoBatch(node, data.shape, axis);
    if (!sameShape(indices.shape, updates.shape)) throw misfit(node, `has indices [${indices.shape}] for updates [${updates.shape}]`);
    if (updates.shape.length !== data.shape.length || updates.shape.some((d, k) => k !== axis && d !== data.shape[k])) {
      throw unsupported(node, `scatters [${updates.shape}] into [${data.shape}]; they may differ on axis ${axis} only`);
    }
    return [data];
  },
  gradient({ node, b, grad }) {
    const [, indices] = node.inputs as [string, string];
    const { axis } = node.attrs;
    return [
      () => grad,
      undefined,
      // Each update's gradient is read back at its index: a sum over the axis under a one-hot mask.
      () => {
        const shape = b.shape(grad);
        const at = b.op('Unsqueeze', [indices], { axes: [axis + 1] });
        const places = iota(b, shape[axis] as number, axis + 1, shape.length + 1);
        const sameType = b.type(indices).dtype === 'int64' ? places : b.op('Cast', [places], { to: 'int32' });
        const hit = asFloat(b, b.op('Equal', [at, sameType], {}));
        return b.op('ReduceSum', [mul(b, b.op('Unsqueeze', [grad], { axes: [axis] }), hit)], { axes: [axis + 1], keepdims: false });
      },
    ];
  },
};
