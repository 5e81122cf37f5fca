import type { GraphBuilder } from '../graph/builder.ts';
import type { Dim } from '../graph/opset.ts';
import { checkAxis, checkNoBatch } from './axes.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** Cuts the input along one axis into outputs of the given sizes. */
export const split: Op<'Split'> = {
  kind: 'shape',
  infer(node, inputs) {
    const { dtype, shape } = inputType(node, inputs, 0);
    const { axis, sizes } = node.attrs;
    checkAxis(node, axis, shape.length);
    checkNoBatch(node, shape, axis);
    const sum = sizes.reduce((a, c) => a + c, 0);
    if (sum !== shape[axis] || sizes.some((s) => s < 0))
      throw misfit(node, `cannot cut [${shape}] on axis ${axis} into ${sizes.join(' + ')}`);
    if (node.outputs.length !== sizes.length) throw misfit(node, `has ${node.outputs.length} outputs for ${sizes.length} sizes`);
    return sizes.map((size) => ({ dtype, shape: shape.map((d, k): Dim => (k === axis ? size : d)) }));
  },
  gradient({ node, b, grads }) {
    if (grads.every((g) => g === undefined)) return [];
    return [() => join(b, node.attrs.axis, node.attrs.sizes, grads, b.shape(node.inputs[0] as string).length)];
  },
};

/** The parts side by side, zeros where nothing flows: each gap is padded onto the part in front of it, the first onto the part behind. */
function join(b: GraphBuilder, axis: number, sizes: readonly number[], grads: readonly (string | undefined)[], rank: number): string {
  const parts: { value: string; before: number; after: number }[] = [];
  let gap = 0;
  sizes.forEach((size, i) => {
    const value = grads[i];
    const last = parts.at(-1);
    if (value !== undefined) parts.push({ value, before: gap, after: 0 });
    else if (last) last.after += size;
    else gap += size;
    if (value !== undefined) gap = 0;
  });
  const padded = parts.map(({ value, before, after }) => {
    if (before === 0 && after === 0) return value;
    const pads = new Array<number>(2 * rank).fill(0);
    pads[axis] = before;
    pads[rank + axis] = after;
    return b.op('Pad', [value], { pads, mode: 'constant', value: 0 });
  });
  return padded.length === 1 ? (padded[0] as string) : b.op('Concat', padded, { axis });
}
