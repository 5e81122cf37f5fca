import { unsupported } from './axes.ts';
import { applyTransposed, interpolation } from './axisMatrix.ts';
import { scaled } from './emit.ts';
import { imageInput, imageSizes, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** Rows and columns interpolated to new sizes. */
export const resize: Op<'Resize'> = {
  // Every output is a mean of inputs with weights that add up to 1.
  kind: 'pool-mean',
  infer(node, inputs) {
    const { dtype, batch, channels } = imageInput(node, inputs);
    const { sizes, mode, coordinates } = node.attrs;
    if (sizes.some((s) => !Number.isInteger(s) || s < 1)) throw misfit(node, `has sizes [${sizes}]`);
    if (mode === 'nearest' && coordinates !== 'asymmetric') throw unsupported(node, `takes the nearest cell in ${coordinates} coordinates`);
    return [{ dtype, shape: [batch, channels, ...sizes] }];
  },
  gradient: ({ node, b, grad }) => [
    () => {
      const [, , height, width] = imageSizes(b, node.inputs[0] as string);
      const { sizes, mode } = node.attrs;
      const factors = [sizes[0] / height, sizes[1] / width] as const;
      if (mode === 'nearest' && factors.every(Number.isInteger)) {
        // Each input cell was repeated factor × factor times: the sum over that block.
        const window = { kernel: factors, strides: factors, dilations: [1, 1], pads: [0, 0, 0, 0] } as const;
        return scaled(b, b.op('AveragePool', [grad], { ...window, ceilMode: false, countIncludePad: false }), factors[0] * factors[1]);
      }
      return applyTransposed(b, grad, interpolation(height, sizes[0], node.attrs), interpolation(width, sizes[1], node.attrs));
    },
  ],
};
