import { broadcastInputs } from './elementwise.ts';
import { firstHit } from './firstHit.ts';
import type { Op } from './op.ts';

/** The largest of one or more inputs, element-wise with broadcasting. Of equal ones the first takes the whole gradient. */
export const max: Op<'Max'> = {
  kind: 'other',
  infer: broadcastInputs,
  gradient: firstHit,
};
