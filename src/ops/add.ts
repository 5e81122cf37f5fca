import { binary } from './elementwise.ts';
import type { Op } from './op.ts';

/** a + b with broadcasting. */
export const add: Op<'Add'> = {
  kind: 'sum',
  infer: binary,
  gradient: ({ grad }) => [() => grad, () => grad],
};
