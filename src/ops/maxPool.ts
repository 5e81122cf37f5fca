import { imageInput } from './inputs.ts';
import { maxPoolGradient } from './maxPoolGradient.ts';
import type { Op } from './op.ts';
import { windowOutput } from './window.ts';

/**
 * Maximum over a sliding window; padding never wins. With `withIndices` a second output gives, for every output cell, the
 * winner's index into the flattened input [N·C·H·W]; among equals the first in row-major order wins (PyTorch, TensorFlow on CPU).
 */
export const maxPool: Op<'MaxPool'> = {
  kind: 'pool-max',
  infer(node, inputs) {
    const x = imageInput(node, inputs);
    const size = windowOutput(node, node.attrs, x.height, x.width, node.attrs.ceilMode);
    const shape = [x.batch, x.channels, ...size];
    return node.attrs.withIndices
      ? [
          { dtype: x.dtype, shape },
          { dtype: 'int64', shape },
        ]
      : [{ dtype: x.dtype, shape }];
  },
  gradient: ({ node, b, grad }) => [() => maxPoolGradient(b, node, grad)],
};
