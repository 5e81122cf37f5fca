import { checkAxes, checkNoBatch } from './axes.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';
import { reshapeGradient } from './reshapeGradient.ts';

/** Without the named axes, which must have size 1. */
export const squeeze: Op<'Squeeze'> = {
  kind: 'shape',
  infer(node, inputs) {
    const { dtype, shape } = inputType(node, inputs, 0);
    const { axes } = node.attrs;
    checkAxes(node, axes, shape.length);
    for (const axis of axes) {
      checkNoBatch(node, shape, axis);
      if (shape[axis] !== 1) throw misfit(node, `drops axis ${axis} of [${shape}], which is not 1`);
    }
    return [{ dtype, shape: shape.filter((_, k) => !axes.includes(k)) }];
  },
  gradient: reshapeGradient,
};
