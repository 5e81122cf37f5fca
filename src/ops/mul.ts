import { binary } from './elementwise.ts';
import { mul as product } from './emit.ts';
import type { Op } from './op.ts';

/** a·b with broadcasting. */
export const mul: Op<'Mul'> = {
  kind: 'product',
  infer: binary,
  gradient: ({ node, b, grad }) => [() => product(b, grad, node.inputs[1] as string), () => product(b, grad, node.inputs[0] as string)],
};
