import { broadcastInputs } from './elementwise.ts';
import { firstHit } from './firstHit.ts';
import type { Op } from './op.ts';

/** The smallest of one or more inputs, element-wise with broadcasting. Of equal ones the first takes the whole gradient. */
export const min: Op<'Min'> = {
  kind: 'other',
  infer: broadcastInputs,
  gradient: firstHit,
};
