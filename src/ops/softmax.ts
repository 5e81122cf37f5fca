import { normalisedInput } from './axes.ts';
import { mul, sub } from './emit.ts';
import type { Op } from './op.ts';

/** e^x / Σ e^x along one axis. */
export const softmax: Op<'Softmax'> = {
  kind: 'other',
  infer: (node, inputs) => [normalisedInput(node, inputs, node.attrs.axis)],
  gradient: ({ node, b, grad }) => [
    // y·(g − Σ g·y)
    () => {
      const y = node.outputs[0] as string;
      const mean = b.op('ReduceSum', [mul(b, grad, y)], { axes: [node.attrs.axis], keepdims: true });
      return mul(b, y, sub(b, grad, mean));
    },
  ],
};
