import type { Dim } from '../graph/opset.ts';
import { checkAxis, checkNoBatch } from './axes.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** Inputs side by side along one axis. */
export const concat: Op<'Concat'> = {
  kind: 'shape',
  infer(node, inputs) {
    const first = inputType(node, inputs, 0);
    const { axis } = node.attrs;
    checkAxis(node, axis, first.shape.length);
    let size = 0;
    for (let i = 0; i < node.inputs.length; i++) {
      const { dtype, shape } = inputType(node, inputs, i);
      if (dtype !== first.dtype) throw misfit(node, `mixes ${first.dtype} and ${dtype}`);
      if (shape.length !== first.shape.length || shape.some((d, k) => k !== axis && d !== first.shape[k])) {
        throw misfit(node, `cannot join [${first.shape}] and [${shape}] on axis ${axis}`);
      }
      checkNoBatch(node, shape, axis);
      size += shape[axis] as number;
    }
    return [{ dtype: first.dtype, shape: first.shape.map((d, k): Dim => (k === axis ? size : d)) }];
  },
  gradient({ node, b, grad }) {
    const { axis } = node.attrs;
    let start = 0;
    return node.inputs.map((input) => {
      const begin = start;
      start += b.shape(input)[axis] as number;
      const end = start;
      if (node.inputs.length === 1) return () => grad;
      return () => b.op('Slice', [grad], { starts: [begin], ends: [end], axes: [axis], steps: [1] });
    });
  },
};
