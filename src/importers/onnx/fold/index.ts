import { arithmetic, binary, cast, comparison, product, unary, unaryFunctions, where } from '../../known/arithmetic.ts';
import { count, type Known, known, numbers } from '../../known/known.ts';
import { concat, expand, gather, slice, transpose } from '../../known/move.ts';
import { reduce, reducers } from '../../known/reduce.ts';
import { cumulative, gatherND, scatterND, triangle } from '../../known/scatter.ts';
import { reducedAxes } from '../axes.ts';
import type { NodeContext } from '../context.ts';
import { elementType } from '../elementType.ts';
import { sliceCuts } from '../slicing.ts';
import { clip, normalise, split, tile } from './compute.ts';
import { bounded, constant, constantOfShape, range, shapeOf, sizeOf } from './make.ts';

/**
 * Constant folding. Gives the node's outputs if they follow from what is known at import time: constants, and the shapes
 * of values (so `Shape` folds although its input does not). Undefined: not foldable, the node goes into the graph.
 */
export function fold(n: NodeContext): readonly Known[] | undefined {
  const result = folded(n);
  return result && (Array.isArray(result) ? result : [result as Known]);
}

function folded(n: NodeContext): Known | readonly Known[] | undefined {
  const op = n.proto.opType;
  if (op === 'Shape') return shapeOf(n);
  if (op === 'Size') return sizeOf(n);
  if (op === 'Constant') return constant(n);
  const rule = Object.hasOwn(rules, op) ? rules[op] : undefined;
  if (!rule) return undefined;
  const inputs = n.proto.inputs.map((name) => (name ? n.scope.known.get(name) : undefined));
  const [first, ...others] = inputs;
  if (!first || n.proto.inputs.some((name, i) => name && !inputs[i])) return undefined;
  return rule(n, [first, ...others]);
}

/** Known inputs; an absent optional one is undefined. */
type Inputs = readonly [Known, ...(Known | undefined)[]];
type Rule = (n: NodeContext, inputs: Inputs) => Known | readonly Known[] | undefined;

const pair =
  (op: string): Rule =>
  (_, [a, b]) =>
    b && binary(op, a, b);

const single =
  (op: string): Rule =>
  (_, [a]) =>
    unary(op, a);

const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries([...Object.keys(arithmetic), ...Object.keys(comparison)].map((op) => [op, pair(op)])),
  ...Object.fromEntries(Object.keys(unaryFunctions).map((op) => [op, single(op)])),
  Identity: (_, [a]) => a,
  Cast: (n, [a]) => cast(a, elementType(n.int('to', 0)) ?? a.dtype),
  Where: (_, [c, a, b]) => a && b && where(c, a, b),
  ...Object.fromEntries(
    Object.keys(reducers).map((op): [string, Rule] => [
      op,
      (n, [a]) => reduce(op, a, reducedAxes(n, a.shape.length), n.flag('keepdims', true)),
    ]),
  ),
  ReduceProd: (n, [a]) => {
    const axes = reducedAxes(n, a.shape.length);
    const keepdims = n.flag('keepdims', true);
    return a.shape.length === 1 && axes.length === 1 ? product(a, keepdims) : reduce('ReduceProd', a, axes, keepdims);
  },
  BatchNormalization: normalise,
  Clip: clip,
  CumSum: (n, [a]) => {
    const [axis = 0] = n.constants(1, 'axis') ?? [];
    return cumulative(a, n.axis(axis, a.shape.length), n.flag('exclusive'), n.flag('reverse'));
  },
  GatherND: (n, [a, indices]) => (indices && n.int('batch_dims', 0) === 0 ? gatherND(a, indices) : undefined),
  ScatterND: (n, [a, indices, updates]) =>
    indices && updates && n.string('reduction', 'none') === 'none' ? scatterND(a, indices, updates) : undefined,
  Split: split,
  Tile: tile,
  Trilu: (n, [a]) => triangle(a, n.constants(1, 'k')?.[0] ?? 0, n.flag('upper', true)),
  ConstantOfShape: constantOfShape,
  Range: range,
  Expand: (n, [a, shape]) => {
    const to = shape && numbers(shape);
    if (!to) return undefined;
    const rank = Math.max(to.length, a.shape.length);
    const full = Array.from({ length: rank }, (_, i) => Math.max(to[i - rank + to.length] ?? 1, a.shape[i - rank + a.shape.length] ?? 1));
    return expand(a, bounded(n, full, a.dtype));
  },
  Transpose: (n, [a]) => transpose(a, n.ints('perm') ?? a.shape.map((_, i) => a.shape.length - 1 - i)),
  Concat: (n, inputs) =>
    concat(
      inputs.filter((k) => k !== undefined),
      n.axis(n.int('axis', 1), inputs[0].shape.length),
    ),
  Gather: (n, [a, at]) => {
    const axis = n.axis(n.int('axis', 0), a.shape.length);
    const indices = at && numbers(at);
    if (!indices) return undefined;
    return gather(
      a,
      axis,
      Array.from(indices, (i) => n.axis(i, a.shape[axis] as number)),
      at.shape,
    );
  },
  Slice: (n, [a]) => slice(a, sliceCuts(n, a.shape)),
  Squeeze: (n, [a]) => {
    const axes = (n.list('axes', 1) ?? a.shape.flatMap((d, i) => (d === 1 ? [i] : []))).map((axis) => n.axis(axis, a.shape.length));
    return known(
      a.dtype,
      a.shape.filter((_, i) => !axes.includes(i)),
      a.data,
    );
  },
  Unsqueeze: (n, [a]) => {
    const axes = n.list('axes', 1) ?? [];
    const rank = a.shape.length + axes.length;
    const added = new Set(axes.map((axis) => n.axis(axis, rank)));
    const rest = [...a.shape];
    return known(
      a.dtype,
      Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (rest.shift() as number))),
      a.data,
    );
  },
  Reshape: reshape,
  Flatten: (n, [a]) => {
    const axis = n.int('axis', 1);
    return known(a.dtype, [count(a.shape.slice(0, axis)), count(a.shape.slice(axis))], a.data);
  },
};

function reshape(n: NodeContext, [a, shape]: Inputs): Known | undefined {
  const wanted = shape && numbers(shape);
  if (!wanted) return undefined;
  const keepZeros = n.flag('allowzero');
  const dims = Array.from(wanted, (d, i) => (d === 0 && !keepZeros ? (a.shape[i] ?? 0) : d));
  const rest = dims.reduce((size, d) => (d === -1 ? size : size * d), 1);
  const full = dims.map((d) => (d === -1 ? a.data.length / (rest || 1) : d));
  if (count(full) !== a.data.length) throw n.corrupt(`cannot reshape [${a.shape}] to [${wanted}]`);
  return known(a.dtype, full, a.data);
}
