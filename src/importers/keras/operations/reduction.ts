import { inFileOrder } from '../fileOrder.ts';
import type { LayerCall, LayerClass } from '../layer.ts';

type Reduction = 'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceMin';

const reduction = (op: Reduction): LayerClass => ({ emit: (layer) => reduce(layer, op, layer.input) });

export const reductionOperations: Readonly<Record<string, LayerClass>> = {
  Mean: reduction('ReduceMean'),
  Sum: reduction('ReduceSum'),
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  Amax: reduction('ReduceMax'),
  Amin: reduction('ReduceMin'),
  Var: { emit: (layer) => reduce(layer, 'ReduceMean', squaredDeviation(layer)) },
  Std: { emit: (layer) => layer.op('Sqrt', [reduce(layer, 'ReduceMean', squaredDeviation(layer), 'variance')], {}) },
};

/** Axes in the file's order, counted from 0. */
function axesOf(layer: LayerCall): number[] {
  const rank = layer.shape.length;
  const axes = layer.attributes.integers('axis');
  const all = axes?.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  if (!all || all.includes(0)) throw layer.unsupported('reduces over the batch');
  if (all.length === 0 || all.some((axis, i) => axis < 1 || axis >= rank || axis === all[i - 1]))
    throw layer.misfit(`has axes [${axes}] for an input with ${rank} axes`);
  return all;
}

/** A mean or maximum over all places of an image is the pooling that it is. */
function reduce(layer: LayerCall, op: Reduction, x: string, role?: string): string {
  const axes = axesOf(layer);
  const keepdims = layer.attributes.boolean('keepdims', false);
  const rank = layer.shape.length;
  const graphAxes = axes.map((axis) => layer.axis(axis)).sort((a, b) => a - b);
  const pools = rank === 4 && graphAxes.join() === '2,3' && (op === 'ReduceMean' || op === 'ReduceMax');
  if (pools) {
    const pool = op === 'ReduceMean' ? 'GlobalAveragePool' : 'GlobalMaxPool';
    if (keepdims) return layer.op(pool, [x], {}, role);
    return layer.op('Flatten', [layer.op(pool, [x], {}, 'pooled')], { axis: 1 }, role);
  }
  if (keepdims) return layer.op(op, [x], { axes: graphAxes, keepdims }, role);
  return inFileOrder(layer, x, rank - axes.length, (y, r) => layer.op(op, [y], { axes, keepdims }, r), role);
}

function squaredDeviation(layer: LayerCall): string {
  const axes = axesOf(layer).map((axis) => layer.axis(axis));
  const mean = layer.op('ReduceMean', [layer.input], { axes: axes.sort((a, b) => a - b), keepdims: true }, 'mean');
  const deviation = layer.op('Sub', [layer.input, mean], {}, 'deviation');
  return layer.op('Mul', [deviation, deviation], {}, 'squares');
}
