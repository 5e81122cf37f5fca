import type { Dim } from '../graph/opset.ts';
import { checkAxis, checkNoBatch } from './axes.ts';
import { inputType } from './inputs.ts';
import type { Op } from './op.ts';

/** Index (int64) of the largest element along one axis; of equal ones the first. */
export const argMax: Op<'ArgMax'> = {
  kind: 'other',
  infer(node, inputs) {
    const { shape } = inputType(node, inputs, 0);
    const { axis, keepdims } = node.attrs;
    checkAxis(node, axis, shape.length);
    checkNoBatch(node, shape, axis);
    const kept = shape.map((d, k): Dim => (k === axis ? 1 : d));
    return [{ dtype: 'int64', shape: keepdims ? kept : kept.filter((_, k) => k !== axis) }];
  },
  gradient: 'none',
};
