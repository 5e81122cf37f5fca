import { inputType } from './inputs.ts';
import type { Op } from './op.ts';

/** The same values in another element type. A gradient flows only from float to float. */
export const cast: Op<'Cast'> = {
  kind: 'shape',
  infer: (node, inputs) => [{ dtype: node.attrs.to, shape: inputType(node, inputs, 0).shape }],
  gradient: ({ node, b, grad }) => [
    node.attrs.to === 'float32' && b.type(node.inputs[0] as string).dtype === 'float32' ? () => grad : undefined,
  ],
};
