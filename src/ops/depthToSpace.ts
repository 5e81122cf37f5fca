import { imageInput, imageSizes, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** [N, C·k², H, W] to [N, C, H·k, W·k]; CRD: channel = c·k² + row·k + column, DCR: channel = (row·k + column)·C + c. */
export const depthToSpace: Op<'DepthToSpace'> = {
  kind: 'shape',
  infer(node, inputs) {
    const { dtype, batch, channels, height, width } = imageInput(node, inputs);
    const k = node.attrs.blocksize;
    if (!Number.isInteger(k) || k < 1 || channels % (k * k) !== 0)
      throw misfit(node, `cannot make blocks of ${k} out of ${channels} channels`);
    return [{ dtype, shape: [batch, channels / (k * k), height * k, width * k] }];
  },
  gradient: ({ node, b, grad }) => [
    () => {
      const shape = imageSizes(b, node.inputs[0] as string);
      const [batch, channels, height, width] = shape;
      const { blocksize: k, mode } = node.attrs;
      const blocks = b.op('Reshape', [grad], { shape: [batch, channels / (k * k), height, k, width, k] });
      const perm = mode === 'CRD' ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4];
      return b.op('Reshape', [b.op('Transpose', [blocks], { perm })], { shape });
    },
  ],
};
