import { binary } from './elementwise.ts';
import type { Op } from './op.ts';

/** a − b with broadcasting. */
export const sub: Op<'Sub'> = {
  kind: 'sum',
  infer: binary,
  gradient: ({ b, grad }) => [() => grad, () => b.op('Neg', [grad], {})],
};
