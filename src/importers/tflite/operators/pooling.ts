import { windowAttrs } from './linear.ts';
import type { Translate } from './operator.ts';

const pool =
  (op: string): Translate =>
  (o) => ({
    op,
    attrs: { ...windowAttrs(o), ksize: [1, o.number('filter_height'), o.number('filter_width'), 1], ...o.fused() },
  });

/** [x, axes]. */
const reduce =
  (op: string): Translate =>
  (o) => ({ op, attrs: { keep_dims: o.flag('keep_dims') } });

export const pooling = {
  AVERAGE_POOL_2D: pool('AvgPool'),
  MAX_POOL_2D: pool('MaxPool'),
  MEAN: reduce('Mean'),
  REDUCE_MAX: reduce('Max'),
  REDUCE_MIN: reduce('Min'),
  REDUCE_PROD: reduce('Prod'),
  SUM: reduce('Sum'),
};
