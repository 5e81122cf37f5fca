import { normalisedInput } from './axes.ts';
import { mul, sub } from './emit.ts';
import type { Op } from './op.ts';

/** x − ln Σ e^x along one axis. */
export const logSoftmax: Op<'LogSoftmax'> = {
  kind: 'other',
  infer: (node, inputs) => [normalisedInput(node, inputs, node.attrs.axis)],
  gradient: ({ node, b, grad }) => [
    // g − e^y·Σ g
    () => {
      const sum = b.op('ReduceSum', [grad], { axes: [node.attrs.axis], keepdims: true });
      return sub(b, grad, mul(b, b.op('Exp', [node.outputs[0] as string], {}), sum));
    },
  ],
};
