import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeOf } from '../graph/graph.ts';
import { imageInput } from './inputs.ts';
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
  gradient: ({ node, b, grad }) => [() => scatterToWinners(b, node, grad)],
};

/** Each output's gradient goes to its winner. */
function scatterToWinners(b: GraphBuilder, node: NodeOf<'MaxPool'>, grad: string): string {
  const x = node.inputs[0] as string;
  const indices = node.attrs.withIndices
    ? (node.outputs[1] as string)
    : (b.ops('MaxPool', [x], { ...node.attrs, withIndices: true }, [`${x}:max`, `${x}:winner`])[1] as string);
  const flat = { shape: ['N'], regroup: true } as const;
  const zeros = b.op('Mul', [x, b.scalar(0)], {});
  const scattered = b.op(
    'ScatterElements',
    [b.op('Reshape', [zeros], flat), b.op('Reshape', [indices], flat), b.op('Reshape', [grad], flat)],
    { axis: 0 },
  );
  return b.op('Reshape', [scattered], { shape: b.shape(x), regroup: true });
}
