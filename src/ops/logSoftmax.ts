import { checkAxis, checkNoBatch } from './axes.ts';
import { floatInput } from './elementwise.ts';
import { mul, sub } from './emit.ts';
import type { Op } from './op.ts';

/** x − ln Σ e^x along one axis. */
export const logSoftmax: Op<'LogSoftmax'> = {
  kind: 'other',
  infer(node, inputs) {
    const x = floatInput(node, inputs, 0);
    checkAxis(node, node.attrs.axis, x.shape.length);
    checkNoBatch(node, x.shape, node.attrs.axis);
    return [x];
  },
  gradient: ({ node, b, grad }) => [
    // g − e^y·Σ g
    () => {
      const sum = b.op('ReduceSum', [grad], { axes: [node.attrs.axis], keepdims: true });
      return sub(b, grad, mul(b, b.op('Exp', [node.outputs[0] as string], {}), sum));
    },
  ],
};
