import type { Dim } from '../graph/opset.ts';
import { checkAxes, checkBatchFirst, range } from './axes.ts';
import { inputType } from './inputs.ts';
import type { Op } from './op.ts';
import { reshapeGradient } from './reshapeGradient.ts';

/** With axes of size 1 inserted; `axes` are places in the output. */
export const unsqueeze: Op<'Unsqueeze'> = {
  kind: 'shape',
  infer(node, inputs) {
    const { dtype, shape } = inputType(node, inputs, 0);
    const { axes } = node.attrs;
    const rank = shape.length + axes.length;
    checkAxes(node, axes, rank);
    const rest = [...shape];
    const out = range(rank).map((k) => (axes.includes(k) ? 1 : (rest.shift() as Dim)));
    return [{ dtype, shape: checkBatchFirst(node, out) }];
  },
  gradient: reshapeGradient,
};
