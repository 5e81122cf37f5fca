import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeOf } from '../graph/graph.ts';
import type { Dim, OpAttrs, Shape } from '../graph/opset.ts';
import { checkAxes, unsupported } from './axes.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** What a slice takes of one axis: `count` cells from `start` in steps of `step`. */
interface Run {
  axis: number;
  start: number;
  step: number;
  count: number;
}

/** From `start` up to but without `end`, per axis; negative counts from the end, beyond the end is the end, as in Python. */
export const slice: Op<'Slice'> = {
  kind: 'shape',
  infer(node, inputs) {
    const { dtype, shape } = inputType(node, inputs, 0);
    const { starts, ends, axes, steps } = node.attrs;
    if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) {
      throw misfit(node, 'needs as many starts, ends, axes and steps');
    }
    checkAxes(node, axes, shape.length);
    const out: Dim[] = [...shape];
    axes.forEach((axis, i) => {
      if (shape[axis] === 'N' && !isWhole(node, i)) throw unsupported(node, 'cuts the batch');
    });
    for (const { axis, count } of runs(node, shape)) {
      if (count === 0) throw misfit(node, `takes nothing of axis ${axis} of [${shape}]`);
      out[axis] = count;
    }
    return [{ dtype, shape: out }];
  },
  gradient: ({ node, b, grad }) => [
    () => {
      const shape = b.shape(node.inputs[0] as string);
      const taken = runs(node, shape);
      const forward = reversed(b, grad, taken);
      const spread = taken.map((r) => (r.step > 0 ? r : { ...r, start: r.start + (r.count - 1) * r.step, step: -r.step }));
      const stuffed = spread.filter((r) => r.step > 1).reduce((g, r) => stuffZeros(b, g, r), forward);
      return surround(b, stuffed, spread, shape);
    },
  ],
};

/** Whether entry `i` takes the whole axis whatever its size. */
function isWhole(node: NodeOf<'Slice'>, i: number): boolean {
  const { starts, ends, steps } = node.attrs;
  return starts[i] === 0 && steps[i] === 1 && (ends[i] as number) >= 2 ** 31 - 1;
}

function runs(node: NodeOf<'Slice'>, shape: Shape): Run[] {
  return node.attrs.axes.flatMap((axis, i) => {
    const size = shape[axis];
    if (size === 'N' || size === undefined) return [];
    const step = node.attrs.steps[i] as number;
    if (!Number.isInteger(step) || step === 0) throw misfit(node, `has step ${step}`);
    return [sliceRun(node.attrs, i, size)];
  });
}

/** What entry `i` of a slice takes of its axis of `size` cells. */
export function sliceRun({ starts, ends, axes, steps }: OpAttrs['Slice'], i: number, size: number): Run {
  const step = steps[i] as number;
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (v: number) => Math.min(Math.max(v < 0 ? v + size : v, low), high);
  const start = Math.max(0, clamp(starts[i] as number));
  return { axis: axes[i] as number, start, step, count: Math.max(0, Math.ceil((clamp(ends[i] as number) - start) / step)) };
}

/** Turns round the axes that were read backwards. */
function reversed(b: GraphBuilder, grad: string, taken: readonly Run[]): string {
  const axes = taken.filter((r) => r.step < 0).map((r) => r.axis);
  return axes.length === 0 ? grad : b.op('Slice', [grad], backwards(axes));
}

function backwards(axes: readonly number[]): OpAttrs['Slice'] {
  return { starts: axes.map(() => -1), ends: axes.map(() => -(2 ** 31)), axes, steps: axes.map(() => -1) };
}

/** Puts step − 1 zeros behind every cell of an axis. */
function stuffZeros(b: GraphBuilder, value: string, { axis, step, count }: Run): string {
  const shape = b.shape(value);
  const rank = shape.length + 1;
  const pads = new Array<number>(2 * rank).fill(0);
  pads[rank + axis + 1] = step - 1;
  const column = b.op('Unsqueeze', [value], { axes: [axis + 1] });
  const stuffed = b.op('Pad', [column], { pads, mode: 'constant', value: 0 });
  return b.op('Reshape', [stuffed], { shape: shape.map((d, k) => (k === axis ? count * step : d)) });
}

/** Zeros around the cells up to the size of the input; stuffed zeros that stick out are cut off first. */
function surround(b: GraphBuilder, value: string, taken: readonly Run[], shape: Shape): string {
  const pads = new Array<number>(2 * shape.length).fill(0);
  const over: { axis: number; end: number }[] = [];
  for (const { axis, start, step, count } of taken) {
    const end = (shape[axis] as number) - start;
    pads[axis] = start;
    pads[shape.length + axis] = Math.max(0, end - count * step);
    if (end < count * step) over.push({ axis, end });
  }
  const cut =
    over.length === 0
      ? value
      : b.op('Slice', [value], {
          starts: over.map(() => 0),
          ends: over.map((o) => o.end),
          axes: over.map((o) => o.axis),
          steps: over.map(() => 1),
        });
  return pads.every((p) => p === 0) ? cut : b.op('Pad', [cut], { pads, mode: 'constant', value: 0 });
}
