import { inFileOrder } from '../fileOrder.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import { concatenate, values } from '../layers/merge.ts';
import { permuted, reshaped, resized } from '../layers/shape.ts';
import { fromFileOrder, toFileOrder } from '../layout.ts';

export const shapeOperations: Readonly<Record<string, LayerClass>> = {
  Reshape: { emit: reshape },
  Transpose: { emit: transpose },
  Swapaxes: { emit: swapAxes },
  ExpandDims: { emit: expandDims },
  Squeeze: { emit: squeeze },
  Concatenate: { emit: concatenate },
  Stack: { emit: stack },
  Split: { emit: split },
  Flip: { emit: flip },
  Pad: { emit: pad },
  Resize: { emit: (layer) => resized(layer, layer.attributes.pair('size', [0, 0])) },
};

/** newshape has the batch first, which stays what it is. */
function reshape(layer: LayerCall): string {
  const [batch, ...target] = layer.attributes.integers('newshape') ?? [];
  if (batch !== -1 || target.includes(-1)) throw layer.unsupported(`reshapes to [${[batch, ...target]}], which fixes the batch`);
  return reshaped(layer, target);
}

function transpose(layer: LayerCall): string {
  const axes = layer.attributes.integers('axes') ?? [];
  if (axes[0] !== 0) throw layer.unsupported('moves the batch');
  return permuted(layer, axes.slice(1));
}

function swapAxes(layer: LayerCall): string {
  const rank = layer.shape.length;
  const [a, b] = ['axis1', 'axis2'].map((key) => positive(layer, layer.attributes.integers(key)?.[0] ?? 0, rank)) as [number, number];
  const axes = Array.from({ length: rank }, (_, axis) => (axis === a ? b : axis === b ? a : axis));
  return permuted(layer, axes.slice(1));
}

function expandDims(layer: LayerCall): string {
  const rank = layer.shape.length;
  const axes = (layer.attributes.integers('axis') ?? []).map((axis) => positive(layer, axis, rank + 1)).sort((a, b) => a - b);
  if (axes.length !== 1) throw layer.unsupported(`adds axes [${axes}]`);
  return inFileOrder(layer, layer.input, rank + 1, (x, role) => layer.op('Unsqueeze', [x], { axes }, role));
}

function squeeze(layer: LayerCall): string {
  const rank = layer.shape.length;
  const given = layer.attributes.integers('axis');
  const axes = given ? given.map((axis) => positive(layer, axis, rank)) : layer.shape.flatMap((d, axis) => (d === 1 ? [axis] : []));
  if (!given && rank === 4) throw layer.unsupported('squeezes without naming the axis');
  return inFileOrder(layer, layer.input, rank - axes.length, (x, role) => layer.op('Squeeze', [x], { axes }, role));
}

/** A new axis with the inputs side by side. */
function stack(layer: LayerCall): string {
  const { b, context } = layer;
  const inputs = values(layer);
  const rank = b.shape(inputs[0] as string).length;
  const axis = positive(layer, layer.attributes.integers('axis')?.[0] ?? 0, rank + 1);
  const parts = inputs.map((x, i) =>
    layer.op('Unsqueeze', [toFileOrder(b, context.layout, x, `${layer.name}:channels-last${i}`)], { axes: [axis] }, `part${i}`),
  );
  if (rank !== 3) return layer.op('Concat', parts, { axis });
  return fromFileOrder(b, context.layout, layer.op('Concat', parts, { axis }, 'stacked'), layer.name);
}

function split(layer: LayerCall): string[] {
  const { attributes, shape } = layer;
  const axis = layer.axis(attributes.integers('axis')?.[0] ?? 0);
  const size = shape[axis];
  const wanted = attributes.integers('indices_or_sections') ?? [];
  if (typeof size !== 'number') throw layer.unsupported('splits the batch');
  const isCount = typeof attributes.get('indices_or_sections') === 'number';
  const count = wanted[0] ?? 0;
  if (isCount && !(count > 0 && size % count === 0)) throw layer.misfit(`splits ${size} entries into ${count} parts`);
  const ends = isCount ? Array.from({ length: count }, (_, i) => ((i + 1) * size) / count) : [...wanted, size];
  const sizes = ends.map((end, i) => end - (ends[i - 1] ?? 0));
  if (sizes.some((n) => n <= 0)) throw layer.misfit(`splits ${size} entries at [${wanted}]`);
  const names = sizes.map((_, i) => (i === 0 ? layer.name : `${layer.name}:${i}`));
  return layer.b.ops('Split', [layer.input], { axis, sizes }, names);
}

function flip(layer: LayerCall): string {
  const axes = (layer.attributes.integers('axis') ?? [0]).map((axis) => layer.axis(axis));
  if (axes.includes(0)) throw layer.unsupported('flips the batch');
  const ends = axes.map((axis) => -(layer.shape[axis] as number) - 1);
  return layer.op('Slice', [layer.input], { starts: axes.map(() => -1), ends, axes, steps: axes.map(() => -1) });
}

function pad(layer: LayerCall): string {
  const { attributes, shape } = layer;
  const flat = attributes.numbers('pad_width', 0);
  const rank = shape.length;
  const mode = attributes.word('mode', 'constant');
  if (flat.length !== 2 * rank || flat.some((n) => !Number.isInteger(n) || n < 0) || flat[0] !== 0 || flat[1] !== 0)
    throw layer.unsupported(`pads by [${flat}]`);
  if (mode !== 'constant' && mode !== 'reflect' && mode !== 'edge') throw layer.unsupported(`pads by '${mode}'`);
  const pads = new Array<number>(2 * rank).fill(0);
  for (let file = 0; file < rank; file++) {
    const axis = layer.axis(file);
    pads[axis] = flat[2 * file] as number;
    pads[axis + rank] = flat[2 * file + 1] as number;
  }
  const fill = layer.options.constant_values;
  return layer.op('Pad', [layer.input], { pads, mode, value: typeof fill === 'number' ? fill : 0 });
}

function positive(layer: LayerCall, axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  if (!(at >= 1 && at < rank)) throw layer.unsupported(`works on axis ${axis} of ${rank}`);
  return at;
}
