import type { Dim } from '../graph/opset.ts';
import { checkBatchFirst, unsupported, volume } from './axes.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';
import { reshapeGradient } from './reshapeGradient.ts';

/** Two axes: those before `axis`, and the rest. */
export const flatten: Op<'Flatten'> = {
  kind: 'shape',
  infer(node, inputs) {
    const { dtype, shape } = inputType(node, inputs, 0);
    const { axis } = node.attrs;
    if (!Number.isInteger(axis) || axis < 0 || axis > shape.length)
      throw misfit(node, `has axis ${axis}, the input has ${shape.length} axes`);
    checkBatchFirst(node, shape);
    const merge = (part: readonly Dim[]): Dim => {
      if (part[0] !== 'N') return volume(part);
      if (volume(part) !== 1) throw unsupported(node, `merges the batch with other axes of [${shape}]`);
      return 'N';
    };
    return [{ dtype, shape: checkBatchFirst(node, [merge(shape.slice(0, axis)), merge(shape.slice(axis))]) }];
  },
  gradient: reshapeGradient,
};
