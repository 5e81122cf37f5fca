import { inputType } from './inputs.ts';
import type { Op } from './op.ts';

/** max(0, x). Derivative 0 at 0. */
export const relu: Op<'Relu'> = {
  kind: 'activation',
  infer: (node, inputs) => [inputType(node, inputs, 0)],
  // Sign(y) is the 0/1 mask: two vectorised passes, where Greater + Where takes three and a boolean tensor.
  gradient: ({ node, b, grad }) => [() => b.op('Mul', [grad, b.op('Sign', [node.outputs[0] as string], {})], {})],
};
