import { mul, positive } from './emit.ts';
import { inputType } from './inputs.ts';
import type { Op } from './op.ts';

/** max(0, x). Derivative 0 at 0. */
export const relu: Op<'Relu'> = {
  kind: 'activation',
  infer: (node, inputs) => [inputType(node, inputs, 0)],
  gradient: ({ node, b, grad }) => [() => mul(b, grad, positive(b, node.outputs[0] as string))],
};
