import type { Dim } from '../graph/opset.ts';
import { checkAxes, checkBatchFirst, range } from './axes.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** Axis k of the output is axis perm[k] of the input; the batch stays first. */
export const transpose: Op<'Transpose'> = {
  kind: 'shape',
  infer(node, inputs) {
    const { dtype, shape } = inputType(node, inputs, 0);
    const { perm } = node.attrs;
    if (perm.length !== shape.length) throw misfit(node, `has order [${perm}] for the axes of [${shape}]`);
    checkAxes(node, perm, shape.length);
    const out = perm.map((k) => shape[k] as Dim);
    return [{ dtype, shape: checkBatchFirst(node, out) }];
  },
  gradient: ({ node, b, grad }) => [
    () => {
      const { perm } = node.attrs;
      return b.op('Transpose', [grad], { perm: range(perm.length).map((k) => perm.indexOf(k)) });
    },
  ],
};
