import type { DType } from '../../../graph/opset.ts';
import { arithmetic, binary, cast, comparison, product, unary, unaryFunctions, where } from '../../known/arithmetic.ts';
import { batch, count, type Known, known, maxElements, numbers, type Scalar } from '../../known/known.ts';
import { concat, expand, gather, slice, transpose } from '../../known/move.ts';
import type { NodeContext } from '../context.ts';
import { elementType } from '../elementType.ts';
import { sliceCuts } from '../slicing.ts';

/**
 * Constant folding. Gives the node's output if it follows from what is known at import time: constants, and the shapes
 * of values (so `Shape` folds although its input does not). Undefined: not foldable, the node goes into the graph.
 */
export function fold(n: NodeContext): Known | undefined {
  const op = n.proto.opType;
  if (op === 'Shape') return shapeOf(n);
  if (op === 'Size') return sizeOf(n);
  if (op === 'Constant') return constant(n);
  const rule = Object.hasOwn(rules, op) ? rules[op] : undefined;
  const inputs = n.proto.inputs.map((name) => (name ? n.scope.known.get(name) : undefined));
  const [first, ...others] = inputs;
  if (!rule || !first || n.proto.inputs.some((name, i) => name && !inputs[i])) return undefined;
  return rule(n, [first, ...others]);
}

/** Known inputs; an absent optional one is undefined. */
type Inputs = readonly [Known, ...(Known | undefined)[]];
type Rule = (n: NodeContext, inputs: Inputs) => Known | undefined;

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
  ReduceProd: (n, [a]) => (a.shape.length === 1 ? product(a, n.flag('keepdims', true)) : undefined),
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

function shapeOf(n: NodeContext): Known | undefined {
  const shape = n.shape(0);
  const dims = shape.slice(n.int('start', 0), n.int('end', shape.length)).map((d): Scalar => (d === 'N' ? batch : d));
  return known('int64', [dims.length], dims);
}

function sizeOf(n: NodeContext): Known | undefined {
  const dims = n.shape(0).map((d): Scalar => (d === 'N' ? batch : d));
  return product(known('int64', [dims.length], dims), false);
}

function constant(n: NodeContext): Known | undefined {
  const tensor = n.tensor('value');
  if (tensor) return n.scope.decode({ ...tensor, name: tensor.name || n.name });
  const [attribute] = n.proto.attributes;
  switch (attribute?.name) {
    case 'value_float':
      return known('float32', [], [n.float('value_float', 0)]);
    case 'value_int':
      return known('int64', [], [n.int('value_int', 0)]);
    case 'value_floats': {
      const values = n.floats('value_floats') ?? [];
      return known('float32', [values.length], values);
    }
    case 'value_ints': {
      const values = n.ints('value_ints') ?? [];
      return known('int64', [values.length], values);
    }
    default:
      throw n.unsupported(`has a constant in attribute '${attribute?.name ?? ''}', which is not supported`);
  }
}

function constantOfShape(n: NodeContext, [shape]: Inputs): Known | undefined {
  const dims = numbers(shape);
  if (!dims) return undefined;
  const tensor = n.tensor('value');
  const value = tensor && n.scope.decode(tensor);
  const size = count(bounded(n, Array.from(dims), value?.dtype ?? 'float32'));
  if (!value || value.dtype === 'float32') {
    const data = new Float32Array(size);
    if (value?.data[0]) data.fill(value.data[0]);
    return known('float32', Array.from(dims), data);
  }
  return known(value.dtype, Array.from(dims), new Array<Scalar>(size).fill(value.data[0] ?? 0));
}

function range(n: NodeContext, inputs: Inputs): Known | undefined {
  const [start, limit, delta] = inputs.map((k) => k && numbers(k)?.[0]);
  if (start === undefined || limit === undefined || delta === undefined) return undefined;
  const size = Math.max(0, Math.ceil((limit - start) / delta));
  bounded(n, [size], 'int64');
  return known(
    inputs[0].dtype,
    [size],
    Array.from({ length: size }, (_, i) => start + i * delta),
  );
}

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

function bounded(n: NodeContext, shape: readonly number[], dtype: DType): readonly number[] {
  if (shape.some((d) => !(d >= 0)) || count(shape) > maxElements(dtype)) throw n.corrupt(`makes a constant of shape [${shape}]`);
  return shape;
}
