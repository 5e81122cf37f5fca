import { floatUnary } from './elementwise.ts';
import { div } from './emit.ts';
import type { Op } from './op.ts';

/** ln x. Derivative 1/x. */
export const log: Op<'Log'> = {
  kind: 'other',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [() => div(b, grad, node.inputs[0] as string)],
};
