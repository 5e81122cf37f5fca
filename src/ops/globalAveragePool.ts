import { imageInput, imageSizes } from './inputs.ts';
import type { Op } from './op.ts';

/** Mean over all positions: [N,C,H,W] → [N,C,1,1]. */
export const globalAveragePool: Op<'GlobalAveragePool'> = {
  kind: 'pool-mean',
  infer(node, inputs) {
    const x = imageInput(node, inputs);
    return [{ dtype: x.dtype, shape: [x.batch, x.channels, 1, 1] }];
  },
  gradient: ({ node, b, grad }) => [
    () => {
      const shape = imageSizes(b, node.inputs[0] as string);
      const [, , h, w] = shape;
      return b.op('Expand', [b.op('Mul', [grad, b.scalar(1 / (h * w))], {})], { shape });
    },
  ],
};
