import type { Op } from './op.ts';
import { reducedType, spread } from './reduce.ts';

/** Sum over axes. */
export const reduceSum: Op<'ReduceSum'> = {
  // Positive equal weights, as a mean: relevance is shared out in the same way.
  kind: 'pool-mean',
  infer: reducedType,
  gradient: ({ node, b, grad }) => [() => spread(b, node, grad)],
};
