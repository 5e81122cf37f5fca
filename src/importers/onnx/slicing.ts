import type { Shape } from '../../graph/opset.ts';
import type { Cut } from '../known/move.ts';
import type { NodeContext } from './context.ts';

/** What a Slice says, per axis, not resolved yet. Attributes up to opset 9, inputs from 10 on. */
export function sliceSpec(n: NodeContext, rank: number): { axis: number; start: number; end: number; step: number }[] {
  const starts = n.list('starts', 1) ?? [];
  const ends = n.list('ends', 2) ?? [];
  const axes = n.list('axes', 3) ?? starts.map((_, i) => i);
  const steps = n.constants(4, 'steps') ?? starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) {
    throw n.corrupt('has starts, ends, axes and steps of different lengths');
  }
  return starts.map((start, i) => {
    const step = steps[i] as number;
    if (step === 0) throw n.corrupt('has step 0');
    return { axis: n.axis(axes[i] as number, rank), start, end: ends[i] as number, step };
  });
}

/** The cuts resolved against a shape. An axis of unknown size (the batch) must be taken whole and gives no cut. */
export function sliceCuts(n: NodeContext, shape: Shape): Cut[] {
  return sliceSpec(n, shape.length).flatMap(({ axis, start, end, step }) => {
    const size = shape[axis] as Shape[number];
    if (size === 'N') {
      if (start === 0 && step === 1 && end >= 2 ** 31 - 1) return [];
      throw n.unsupported('cuts the batch');
    }
    const from = (v: number) => (v < 0 ? v + size : v);
    const clamp = (v: number, low: number, high: number) => Math.min(Math.max(v, low), high);
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const first = clamp(from(start), 0, high);
    const last = clamp(from(end), low, high);
    return [{ axis, start: first, size: Math.max(0, Math.ceil((last - first) / step)), step }];
  });
}
