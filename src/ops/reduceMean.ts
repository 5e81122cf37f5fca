import { scaled } from './emit.ts';
import type { Op } from './op.ts';
import { reducedCount, reducedType, spread } from './reduce.ts';

/** Mean over axes. */
export const reduceMean: Op<'ReduceMean'> = {
  kind: 'pool-mean',
  infer: reducedType,
  gradient: ({ node, b, grad }) => [() => spread(b, node, scaled(b, grad, 1 / reducedCount(b, node)))],
};
