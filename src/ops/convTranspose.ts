import { checkBias, weightSizes } from './convolution.ts';
import { imageInput, misfit } from './inputs.ts';
import type { Op } from './op.ts';
import { extent } from './window.ts';

/** Transposed 2-D convolution of x [N,C,H,W] with weight [C,O/group,kH,kW] and bias [O]. */
export const convTranspose: Op<'ConvTranspose'> = {
  kind: 'linear',
  infer(node, inputs) {
    const x = imageInput(node, inputs);
    const weight = weightSizes(node, inputs);
    const [channels, perGroup, kH, kW] = weight;
    const { strides, dilations, pads, outputPadding, group } = node.attrs;
    if (channels !== x.channels || channels % group !== 0) {
      throw misfit(node, `has weight [${weight}] in ${group} groups over ${x.channels} channels`);
    }
    checkBias(node, inputs, perGroup * group);
    const size = (input: number, axis: 0 | 1, k: number): number =>
      (input - 1) * strides[axis] + extent(k, dilations[axis]) - pads[axis] - pads[(axis + 2) as 2 | 3] + outputPadding[axis];
    const out = [size(x.height, 0, kH), size(x.width, 1, kW)];
    if (out.some((n) => n < 1)) throw misfit(node, `makes an empty output [${out}]`);
    return [{ dtype: x.dtype, shape: [x.batch, perGroup * group, ...out] }];
  },
  // Its transpose is the plain convolution with the same weight: [C,O/g,…] read as [outputs, inputs/g,…].
  gradient: ({ node, b, grad }) => [
    () => {
      const { strides, dilations, pads, group } = node.attrs;
      return b.op('Conv', [grad, node.inputs[1] as string], { strides, dilations, pads, group });
    },
  ],
};
