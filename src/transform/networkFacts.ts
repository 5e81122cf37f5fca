import type { GraphBuilder } from '../graph/builder.ts';
import type { Node, NodeOf } from '../graph/graph.ts';
import { opOf } from '../ops/index.ts';
import { type LinearUnit, linearUnit } from './linearUnit.ts';
import { nonNegativeValues } from './nonNegative.ts';
import type { LinearPlace } from './relevanceRule.ts';

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

const bounded = new Set<Node['op']>(['Sigmoid', 'HardSigmoid', 'Tanh', 'Erf', 'Softmax']);

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
