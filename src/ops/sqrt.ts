import { floatUnary } from './elementwise.ts';
import { div, scaled } from './emit.ts';
import type { Op } from './op.ts';

/** √x. Derivative 1/(2y); infinite at 0. */
export const sqrt: Op<'Sqrt'> = {
  kind: 'other',
  infer: floatUnary,
  gradient: ({ node, b, grad }) => [() => div(b, scaled(b, grad, 0.5), node.outputs[0] as string)],
};
