import type { GraphBuilder } from '../graph/builder.ts';
import { float32, type Node, type NodeOf, type Tensor } from '../graph/graph.ts';
import { opOf } from '../ops/index.ts';
import { affineOf } from './foldBatchNorm.ts';
import { nonNegativeValues } from './nonNegative.ts';
import type { LinearPlace } from './relevance.ts';

/** A linear operator with constant weights, read apart; a batch norm behind it is merged in where it is asked for. */
export interface LinearUnit {
  /** Position of x among the operator's inputs. */
  x: number;
  input: string;
  /** Output of the unit: behind the merged batch norm. */
  output: string;
  /** Operator and attributes without bias and factors: those are in weight and bias. */
  bare: Pick<Node, 'op' | 'attrs'>;
  weightName: string;
  weight(): Tensor;
  biasName: string;
  /** Undefined: there is none. */
  bias: (() => Tensor) | undefined;
  /** Output channels. */
  outputs: number;
}

/** What relevance needs to know of the network between its input and its logits, worked out once. */
export interface NetworkFacts {
  /** Values that depend on the input. */
  depends: ReadonlySet<string>;
  nonNegative: ReadonlySet<string>;
  /** Values that nothing but a ReLU reads. */
  onlyIntoRelu: ReadonlySet<string>;
  /** Undefined: no constant weights. */
  linearUnit(node: Node, norm: 'fold' | 'pass'): LinearUnit | undefined;
  stands(node: Node, place: LinearPlace): boolean;
  /** Whether a value only scales the other factor of `product`: a bounded activation, or one number for a whole channel. */
  isGate(value: string, product: Node): boolean;
  /** What a value between the input and the first linear layers would be for another input. */
  replayed(value: string, input: string, name: string): string;
}

export function networkFacts(b: GraphBuilder, input: string, logits: string): NetworkFacts {
  const nodes = [...b.nodes];
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((o) => [o, node] as const)));
  const readers = readersOf(nodes);
  const depends = new Set([input]);
  for (const node of nodes) if (node.inputs.some((i) => depends.has(i))) for (const o of node.outputs) depends.add(o);
  const raw = valuesBeforeWeights(nodes, input);
  const constant = (value: string) => b.constants.get(value)?.data.every((v) => v >= 0) ?? false;
  const onlyReader = (value: string, op: Node['op']) => readers.get(value)?.length === 1 && readers.get(value)?.[0]?.op === op;
  const lastLinear = lastLinearOf(makers, logits);
  const foldedNorm = (node: Node) => {
    const [only] = readers.get(node.outputs[0] as string) ?? [];
    return node.op === 'Conv' && onlyReader(node.outputs[0] as string, 'BatchNormalization') && node.outputs[0] !== logits
      ? (only as NodeOf<'BatchNormalization'>)
      : undefined;
  };
  return {
    depends,
    nonNegative: nonNegativeValues(nodes, constant),
    onlyIntoRelu: new Set([...depends].filter((value) => onlyReader(value, 'Relu'))),
    linearUnit: (node, norm) => linearUnit(b, node, depends, norm === 'fold' ? foldedNorm(node) : undefined),
    stands: (node, place) => {
      if (place === 'any') return true;
      if (place === 'first') return raw.has(node.inputs.find((i) => depends.has(i)) as string);
      if (place === 'last') return node === lastLinear;
      return (place === 'convolution') === isConvolution(b, node);
    },
    isGate: (value, product) => isGate(b, makers, value, product),
    replayed: (value, other, name) => replay(b, makers, value, { input, other, name }),
  };
}

/** A convolution of one cell to one cell is a dense layer by another name. */
function isConvolution(b: GraphBuilder, { op, inputs, outputs }: Node): boolean {
  if (op !== 'Conv' && op !== 'ConvTranspose') return false;
  return [inputs[0], outputs[0]].some((value) =>
    b
      .shape(value as string)
      .slice(2)
      .some((d) => d !== 1),
  );
}

function readersOf(nodes: readonly Node[]): Map<string, Node[]> {
  const readers = new Map<string, Node[]>();
  for (const node of nodes) for (const i of new Set(node.inputs)) if (i !== '') readers.set(i, [...(readers.get(i) ?? []), node]);
  return readers;
}

/** The input, and what becomes of it by moving, padding and constant scaling before any weights. */
function valuesBeforeWeights(nodes: readonly Node[], input: string): Set<string> {
  const raw = new Set([input]);
  const kinds = new Set(['shape', 'norm', 'sum', 'product']);
  for (const node of nodes) if (kinds.has(opOf(node).kind) && node.inputs.some((i) => raw.has(i))) for (const o of node.outputs) raw.add(o);
  return raw;
}

function lastLinearOf(makers: ReadonlyMap<string, Node>, logits: string): Node | undefined {
  let node = makers.get(logits);
  while (node && opOf(node).kind !== 'linear') node = makers.get(node.inputs[0] as string);
  return node;
}

const bounded = new Set<Node['op']>(['Sigmoid', 'HardSigmoid', 'Tanh', 'Softmax']);

function isGate(b: GraphBuilder, makers: ReadonlyMap<string, Node>, value: string, product: Node): boolean {
  const shape = b.shape(value);
  const spread = b.shape(product.outputs[0] as string);
  if (shape.length < spread.length || shape.some((d, axis) => d !== spread[axis])) return true;
  // Scaling, shifting and moving a bounded value leaves it one.
  for (let maker = makers.get(value); maker; maker = makers.get(maker.inputs.find((i) => !b.constants.has(i)) as string)) {
    if (bounded.has(maker.op) || (maker.op === 'Clip' && Number.isFinite(maker.attrs.max) && maker.attrs.max < 1e6)) return true;
    const kind = opOf(maker).kind;
    const light = kind === 'shape' || ((kind === 'product' || kind === 'sum') && maker.inputs.some((i) => b.constants.has(i)));
    if (!light) return false;
  }
  return false;
}

function linearUnit(
  b: GraphBuilder,
  node: Node,
  depends: ReadonlySet<string>,
  norm: NodeOf<'BatchNormalization'> | undefined,
): LinearUnit | undefined {
  const x = node.inputs.findIndex((i) => depends.has(i));
  const weightName = node.inputs[1 - x];
  const constant = weightName === undefined ? undefined : b.constants.get(weightName);
  if (x < 0 || x > 1 || !constant || weightName === undefined) return undefined;
  const shape = b.shape(node.outputs[0] as string);
  const isImage = node.op === 'Conv' || node.op === 'ConvTranspose';
  const outputs = (isImage ? shape[1] : shape.at(-1)) as number;
  const common = { x, input: node.inputs[x] as string, output: (norm ?? node).outputs[0] as string, outputs };
  const biasName = node.inputs[2] ?? '';
  const bias = biasName === '' ? undefined : b.constants.get(biasName);
  if (biasName !== '' && !bias) return undefined;
  switch (node.op) {
    case 'MatMul':
      return { ...common, bare: { op: 'MatMul', attrs: {} }, weightName, weight: () => constant, biasName, bias: undefined };
    case 'Gemm': {
      const { alpha, beta } = node.attrs;
      const times = (tensor: Tensor, factor: number) => () => scaledTensor(tensor, factor);
      const bare = { op: node.op, attrs: { ...node.attrs, alpha: 1, beta: 1 } } as const;
      return { ...common, bare, weightName, weight: times(constant, alpha), biasName, bias: bias && times(bias, beta) };
    }
    case 'Conv':
    case 'ConvTranspose': {
      const merged = norm && mergedNorm(b, norm, constant, bias);
      const name = merged ? `${norm?.outputs[0]}:merged` : undefined;
      const own = merged?.bias ?? (bias && (() => bias));
      return {
        ...common,
        bare: { op: node.op, attrs: node.attrs } as LinearUnit['bare'],
        weightName: name ? `${name}:weight` : weightName,
        weight: merged?.weight ?? (() => constant),
        biasName: name ? `${name}:bias` : biasName,
        bias: own,
      };
    }
    default:
      return undefined;
  }
}

function scaledTensor(tensor: Tensor, factor: number): Tensor {
  return factor === 1
    ? tensor
    : float32(
        tensor.shape,
        (tensor.data as Float32Array).map((v) => v * factor),
      );
}

/** Weight and bias of convolution and batch norm as one convolution; undefined where the norm is not constant. */
function mergedNorm(b: GraphBuilder, norm: NodeOf<'BatchNormalization'>, weight: Tensor, bias: Tensor | undefined) {
  if (!norm.inputs.slice(1).every((i) => b.constants.has(i))) return undefined;
  const affine = affineOf(b, norm);
  return { weight: () => mergeWeight(weight, affine.scale), bias: () => mergeBias(bias, affine) };
}

function mergeWeight(weight: Tensor, scale: Float32Array): Tensor {
  const perOutput = weight.data.length / scale.length;
  return float32(
    weight.shape,
    (weight.data as Float32Array).map((w, i) => w * (scale[Math.floor(i / perOutput)] as number)),
  );
}

function mergeBias(bias: Tensor | undefined, { scale, shift }: { scale: Float32Array; shift: Float32Array }): Tensor {
  return float32(
    [shift.length],
    shift.map((t, c) => t + Number(bias?.data[c] ?? 0) * (scale[c] as number)),
  );
}

/** Emits the nodes between the input and `value` once more, on another input. */
function replay(
  b: GraphBuilder,
  makers: ReadonlyMap<string, Node>,
  value: string,
  on: { input: string; other: string; name: string },
): string {
  if (value === on.input) return on.other;
  const node = makers.get(value);
  if (!node || b.constants.has(value)) return value;
  const inputs = node.inputs.map((i) => (i === '' ? '' : replay(b, makers, i, on)));
  return b.op(node.op, inputs, node.attrs as never);
}
