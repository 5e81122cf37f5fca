import { inFileOrder } from '../fileOrder.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import { fileShape } from '../layout.ts';
import type { Index, IndexPart } from '../model.ts';

export const indexingOperations: Readonly<Record<string, LayerClass>> = {
  GetItem: { emit: getItem },
};

type Cut = Exclude<IndexPart, string>;

/** `x[:, 1:3, ..., ::-1, 0, None]`, in the file's axis order. */
function getItem(layer: LayerCall): string {
  const [x, index, ...more] = layer.operands;
  if (typeof x !== 'string' || typeof index !== 'object' || !('parts' in index) || more.length > 0)
    throw layer.unsupported('takes images out of the batch, or picks by a list');
  const shape = fileShape(layer.context.layout, layer.b.shape(x));
  const parts = spelledOut(layer, index, shape.length);
  const cuts = parts.filter((part): part is Cut => typeof part !== 'string');
  if (!isWhole(cuts[0] as Cut)) throw layer.unsupported('takes images out of the batch');
  const attrs = { starts: [] as number[], ends: [] as number[], axes: [] as number[], steps: [] as number[] };
  cuts.forEach((cut, axis) => {
    if (axis === 0 || isWhole(cut)) return;
    const { start, end, step } = run(layer, cut, shape[axis] as number);
    attrs.starts.push(start);
    attrs.ends.push(end);
    attrs.axes.push(axis);
    attrs.steps.push(step);
  });
  const dropped = cuts.flatMap((cut, axis) => (typeof cut === 'number' ? [axis] : []));
  const kept = parts.filter((part) => typeof part !== 'number');
  const added = kept.flatMap((part, axis) => (part === 'new' ? [axis] : []));
  if (dropped.length === 0 && added.length === 0) {
    if (attrs.axes.length === 0) return x;
    return layer.op('Slice', [x], { ...attrs, axes: attrs.axes.map((axis) => layer.axis(axis, shape.length)) });
  }
  return inFileOrder(layer, x, kept.length, (y, role) => {
    const sliced = attrs.axes.length === 0 ? y : layer.op('Slice', [y], attrs, 'cut');
    if (added.length === 0) return layer.op('Squeeze', [sliced], { axes: dropped }, role);
    const squeezed = dropped.length === 0 ? sliced : layer.op('Squeeze', [sliced], { axes: dropped }, 'dropped');
    return layer.op('Unsqueeze', [squeezed], { axes: added }, role);
  });
}

/** One part for every axis: `...` and what is left out are whole axes. */
function spelledOut(layer: LayerCall, { parts }: Index, rank: number): IndexPart[] {
  const whole = { start: undefined, stop: undefined, step: 1 };
  const named = parts.filter((part) => part !== 'new' && part !== 'rest').length;
  if (named > rank || parts.filter((part) => part === 'rest').length > 1)
    throw layer.misfit(`has ${named} indices for an input with ${rank} axes`);
  const rest = new Array<IndexPart>(rank - named).fill(whole);
  return parts.includes('rest') ? parts.flatMap((part) => (part === 'rest' ? rest : [part])) : [...parts, ...rest];
}

const isWhole = (cut: Cut) => typeof cut === 'object' && cut.start === undefined && cut.stop === undefined && cut.step === 1;

/** As ONNX's Slice has it: an end before the first cell is −size − 1. */
function run(layer: LayerCall, cut: Cut, size: number): { start: number; end: number; step: number } {
  if (typeof cut === 'number') {
    const at = cut < 0 ? cut + size : cut;
    if (!(at >= 0 && at < size)) throw layer.misfit(`takes entry ${cut} of ${size}`);
    return { start: at, end: at + 1, step: 1 };
  }
  const { step } = cut;
  const [first, last] = step > 0 ? [0, size] : [size - 1, -size - 1];
  return { start: cut.start ?? first, end: cut.stop ?? last, step };
}
