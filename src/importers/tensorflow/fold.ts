import type { DType } from '../../graph/opset.ts';
import { arithmetic, binary, cast, comparison, product, unary, unaryFunctions, where } from '../known/arithmetic.ts';
import { batch, count, type Known, known, maxElements, numbers, type Scalar } from '../known/known.ts';
import { concat, expand, gather, slice, transpose } from '../known/move.ts';
import type { NodeContext } from './context.ts';
import type { TfGraph } from './graph.ts';
import { sliceCuts, stridedSlice } from './slicing.ts';

/**
 * Constant folding. Gives the node's outputs if they follow from what is known at import time: constants, and the shapes of
 * values (so `Shape` folds although its input does not). Undefined: not foldable, the node goes into the graph.
 */
export function fold(n: NodeContext): readonly Known[] | undefined {
  const { op, inputs } = n.node;
  if (op === 'Shape' || op === 'Size' || op === 'Rank') return [shapeFacts(n, op)];
  const rule = Object.hasOwn(rules, op) ? rules[op] : undefined;
  // Told by the inputs' being constants, before any of them is decoded. None of the rules has inputs that may be absent.
  const constant = () => inputs.every((name, i) => name !== '' && !n.rowsOf(i) && 'constant' in n.held(i));
  if (!rule || n.node.attrs.fused_ops !== undefined || inputs.length === 0 || !constant()) return undefined;
  const all = inputs.map((_, i) => n.known(i));
  const result = rule(n, all as Known[]);
  const outputs = result && (Array.isArray(result) ? (result as Known[]) : [result as Known]);
  for (const k of outputs ?? []) if (!all.some((from) => from?.data === k.data)) charge(n, bytesOf(k.shape, k.dtype));
  return outputs;
}

/** Four times the file's constants, and 256 MiB. */
export function foldingBudget({ constants }: TfGraph): number {
  let bytes = 0;
  for (const { shape, dtype } of constants.values()) bytes += bytesOf(shape, dtype);
  return 2 ** 28 + 4 * bytes;
}

/** What is known of integers is a list of numbers. */
const bytesOf = (shape: readonly number[], dtype: DType): number => count(shape) * (dtype === 'float32' ? 4 : 8);

function charge(n: NodeContext, bytes: number): void {
  n.scope.folding.left -= bytes;
  if (n.scope.folding.left < 0) throw n.corrupt('makes more constants than a file of this size can mean');
}

type Rule = (n: NodeContext, inputs: readonly Known[]) => Known | readonly Known[] | undefined;
const first = (inputs: readonly Known[]): Known => inputs[0] as Known;

const pair =
  (op: string): Rule =>
  (_, [a, b]) =>
    a && b && binary(op, a, b);

const single =
  (op: string): Rule =>
  (_, inputs) =>
    unary(op, first(inputs));

const same: Rule = (_, inputs) => first(inputs);

/** TensorFlow's words for element-wise operators that the folding of ONNX knows under others. */
const binaries = {
  AddV2: 'Add',
  RealDiv: 'Div',
  Maximum: 'Max',
  Minimum: 'Min',
  FloorMod: 'Mod',
  LessEqual: 'LessOrEqual',
  GreaterEqual: 'GreaterOrEqual',
  LogicalAnd: 'And',
  LogicalOr: 'Or',
  FloorDiv: 'Div',
};
const unaries = { Inv: 'Reciprocal', LogicalNot: 'Not', Rint: 'Round' };

const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries([...Object.keys(arithmetic), ...Object.keys(comparison)].map((op) => [op, pair(op)])),
  ...Object.fromEntries(Object.keys(unaryFunctions).map((op) => [op, single(op)])),
  ...Object.fromEntries(Object.entries(binaries).map(([op, ours]) => [op, pair(ours)])),
  ...Object.fromEntries(Object.entries(unaries).map(([op, ours]) => [op, single(ours)])),
  Identity: same,
  StopGradient: same,
  Snapshot: same,
  Square: (_, [a]) => a && binary('Mul', a, a),
  Rsqrt: (_, inputs) => {
    const root = unary('Sqrt', first(inputs));
    return root && unary('Reciprocal', root);
  },
  Cast: (n, inputs) => cast(first(inputs), target(n.string('DstT', '')) ?? first(inputs).dtype),
  Select: (_, [c, a, b]) => c && a && b && where(c, a, b),
  SelectV2: (_, [c, a, b]) => c && a && b && where(c, a, b),
  Prod: (n, inputs) => (first(inputs).shape.length === 1 ? product(first(inputs), n.flag('keep_dims')) : undefined),
  Fill: (n, [shape, value]) => {
    const dims = shape && numbers(shape);
    if (!dims || !value) return undefined;
    const size = count(bounded(n, Array.from(dims), value.dtype));
    if (value.dtype === 'float32') return known('float32', Array.from(dims), new Float32Array(size).fill(value.data[0] as number));
    return known(value.dtype, Array.from(dims), new Array<Scalar>(size).fill(value.data[0] ?? 0));
  },
  Range: (n, inputs) => {
    const [start, limit, delta] = inputs.map((k) => numbers(k)?.[0]);
    if (start === undefined || limit === undefined || delta === undefined) return undefined;
    const size = Math.max(0, Math.ceil((limit - start) / delta));
    bounded(n, [size], 'int64');
    return known(
      first(inputs).dtype,
      [size],
      Array.from({ length: size }, (_, i) => start + i * delta),
    );
  },
  Reshape: (n, [a, shape]) => {
    const wanted = shape && numbers(shape);
    if (!a || !wanted) return undefined;
    const rest = count(Array.from(wanted).filter((d) => d !== -1));
    const dims = Array.from(wanted, (d) => (d === -1 ? a.data.length / (rest || 1) : d));
    if (count(dims) !== a.data.length) throw n.corrupt(`cannot reshape [${a.shape}] to [${wanted}]`);
    return known(a.dtype, dims, a.data);
  },
  Squeeze: (n, inputs) => {
    const a = first(inputs);
    const said = [...(n.ints('squeeze_dims') ?? n.ints('axis') ?? [])].map((axis) => n.axis(axis, a.shape.length));
    const drop = new Set(said.length > 0 ? said : a.shape.flatMap((d, i) => (d === 1 ? [i] : [])));
    return known(
      a.dtype,
      a.shape.filter((_, i) => !drop.has(i)),
      a.data,
    );
  },
  ExpandDims: (n, [a, at]) => {
    const [axis] = (at && numbers(at)) ?? [];
    if (!a || axis === undefined) return undefined;
    const shape = [...a.shape];
    shape.splice(n.axis(axis, a.shape.length + 1), 0, 1);
    return known(a.dtype, shape, a.data);
  },
  Transpose: (_, [a, perm]) => {
    const order = perm && numbers(perm);
    const axes = a?.shape.map((_, axis) => axis) ?? [];
    const permuted = order?.length === axes.length && axes.every((axis) => order.includes(axis));
    return a && permuted ? transpose(a, Array.from(order)) : undefined;
  },
  ConcatV2: (n, inputs) => joined(n, inputs.slice(0, -1), inputs.at(-1)),
  Concat: (n, inputs) => joined(n, inputs.slice(1), inputs[0]),
  Pack: (n, inputs) => {
    const axis = n.axis(n.int('axis', 0), first(inputs).shape.length + 1);
    return concat(
      inputs.map((k) => withAxis(k, axis)),
      axis,
    );
  },
  Unpack: (n, inputs) => {
    const a = first(inputs);
    const axis = n.axis(n.int('axis', 0), a.shape.length);
    const shape = a.shape.filter((_, i) => i !== axis);
    return Array.from({ length: a.shape[axis] as number }, (_, start) =>
      known(a.dtype, shape, slice(a, [{ axis, start, size: 1, step: 1 }]).data),
    );
  },
  GatherV2: (n, [a, at, axis]) => {
    const indices = at && numbers(at);
    if (!a || !indices) return undefined;
    const along = n.axis((axis && numbers(axis)?.[0]) ?? 0, a.shape.length);
    return gather(
      a,
      along,
      Array.from(indices, (i) => n.axis(i, a.shape[along] as number)),
      at.shape,
    );
  },
  Slice: (n, inputs) => slice(first(inputs), sliceCuts(n, first(inputs).shape)),
  StridedSlice: (n, inputs) => {
    const a = first(inputs);
    const { cuts, dropped, added } = stridedSlice(n, a.shape);
    const cut = slice(a, cuts);
    const shape = cut.shape.filter((_, i) => !dropped.includes(i));
    for (const axis of added) shape.splice(axis, 0, 1);
    return known(cut.dtype, shape, cut.data);
  },
  BroadcastTo: (n, [a, shape]) => {
    const dims = shape && numbers(shape);
    if (!a || !dims || a.shape.some((d, i) => d !== 1 && d !== dims[dims.length - a.shape.length + i])) return undefined;
    return expand(a, bounded(n, Array.from(dims), a.dtype));
  },
  ZerosLike: (_, inputs) => binary('Mul', first(inputs), known(first(inputs).dtype, [], [0])),
};

const targets: Readonly<Record<string, DType | undefined>> = {
  DT_FLOAT: 'float32',
  DT_HALF: 'float32',
  DT_DOUBLE: 'float32',
  DT_BFLOAT16: 'float32',
  DT_INT32: 'int32',
  DT_INT64: 'int64',
  DT_UINT8: 'uint8',
  DT_BOOL: 'bool',
};
const target = (name: string): DType | undefined => targets[name];

function shapeFacts(n: NodeContext, op: 'Shape' | 'Size' | 'Rank'): Known {
  const dims = n.shape(0).map((d): Scalar => (d === 'N' ? batch : d));
  if (op === 'Rank') return known('int32', [], [dims.length]);
  const all = known('int32', [dims.length], dims);
  return op === 'Shape' ? all : (product(all, false) as Known);
}

function joined(n: NodeContext, parts: readonly Known[], at: Known | undefined): Known | undefined {
  const axis = at && numbers(at)?.[0];
  const [part] = parts;
  return axis === undefined || !part ? undefined : concat(parts, n.axis(axis, part.shape.length));
}

function withAxis(k: Known, axis: number): Known {
  const shape = [...k.shape];
  shape.splice(axis, 0, 1);
  return known(k.dtype, shape, k.data);
}

function bounded(n: NodeContext, shape: readonly number[], dtype: DType): readonly number[] {
  if (shape.some((d) => !(d >= 0)) || count(shape) > maxElements(dtype)) throw n.corrupt(`makes a constant of shape [${shape}]`);
  if (bytesOf(shape, dtype) > n.scope.folding.left) charge(n, bytesOf(shape, dtype));
  return shape;
}
