import type { Dim } from '../graph/opset.ts';
import { range, unsupported } from './axes.ts';
import { applyTransposed, padding } from './axisMatrix.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** Cells around the input: a constant, the mirror image without the edge (reflect), or the edge repeated. */
export const pad: Op<'Pad'> = {
  kind: 'shape',
  infer(node, inputs) {
    const { dtype, shape } = inputType(node, inputs, 0);
    const { pads, mode } = node.attrs;
    const rank = shape.length;
    if (pads.length !== 2 * rank) throw misfit(node, `needs ${2 * rank} pads for [${shape}], got ${pads.length}`);
    if (pads.some((p) => !Number.isInteger(p) || (p < 0 && !node.inputs[1]))) {
      throw unsupported(node, `has pads [${pads}]; only 0 and more are supported`);
    }
    const sizes = shape.map((d, k): Dim => {
      const [begin, end] = [pads[k] as number, pads[rank + k] as number];
      if (begin + end === 0) return d;
      if (d === 'N') throw unsupported(node, 'pads the batch');
      if (mode === 'reflect' && Math.max(begin, end) >= d) throw misfit(node, `reflects ${Math.max(begin, end)} cells of only ${d}`);
      return begin + d + end;
    });
    return [{ dtype, shape: sizes }];
  },
  gradient: ({ node, b, grad }) => [
    () => {
      const shape = b.shape(node.inputs[0] as string);
      const { pads, mode } = node.attrs;
      const rank = shape.length;
      const axes = range(rank).filter((k) => pads[k] !== 0 || pads[rank + k] !== 0);
      if (axes.length === 0) return grad;
      if (mode === 'constant') {
        const starts = axes.map((k) => pads[k] as number);
        const ends = axes.map((k) => (pads[k] as number) + (shape[k] as number));
        return b.op('Slice', [grad], { starts, ends, axes, steps: axes.map(() => 1) });
      }
      if (rank < 2 || axes.some((k) => k < rank - 2)) throw unsupported(node, `has no gradient for ${mode} padding of axis ${axes[0]}`);
      const matrix = (k: number) => padding(shape[k] as number, pads[k] as number, pads[rank + k] as number, mode);
      return applyTransposed(b, grad, matrix(rank - 2), matrix(rank - 1));
    },
  ],
};
