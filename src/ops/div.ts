import { binary } from './elementwise.ts';
import { mul, div as quotient } from './emit.ts';
import type { Op } from './op.ts';

/** a/b with broadcasting. */
export const div: Op<'Div'> = {
  kind: 'product',
  infer: binary,
  gradient: ({ node, b, grad }) => {
    const divisor = node.inputs[1] as string;
    return [() => quotient(b, grad, divisor), () => b.op('Neg', [quotient(b, mul(b, grad, node.outputs[0] as string), divisor)], {})];
  },
};
