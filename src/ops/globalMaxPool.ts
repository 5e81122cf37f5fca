import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeOf } from '../graph/graph.ts';
import { imageInput, imageSizes } from './inputs.ts';
import { maxPool } from './maxPool.ts';
import type { Op } from './op.ts';

/** Maximum over all positions: [N,C,H,W] → [N,C,1,1]. */
export const globalMaxPool: Op<'GlobalMaxPool'> = {
  kind: 'pool-max',
  infer(node, inputs) {
    const x = imageInput(node, inputs);
    return [{ dtype: x.dtype, shape: [x.batch, x.channels, 1, 1] }];
  },
  // A max pool whose window is the whole image.
  gradient: ({ node, b, grad, grads }) => {
    if (maxPool.gradient === 'none') return [];
    return maxPool.gradient({ node: asMaxPool(b, node), b, grad, grads });
  },
};

function asMaxPool(b: GraphBuilder, node: NodeOf<'GlobalMaxPool'>): NodeOf<'MaxPool'> {
  const [, , height, width] = imageSizes(b, node.inputs[0] as string);
  return {
    op: 'MaxPool',
    inputs: node.inputs,
    outputs: node.outputs,
    attrs: {
      kernel: [height, width],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      ceilMode: false,
      withIndices: false,
    },
  };
}
