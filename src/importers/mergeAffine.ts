import { GraphBuilder } from '../graph/builder.ts';
import { consumers, float32, type Graph, type Node, type NodeOf, producers, type Tensor } from '../graph/graph.ts';
import type { Shape } from '../graph/opset.ts';
import { infer } from '../ops/index.ts';

export interface Merged {
  graph: Graph;
  /** Values that are gone → the value that stands for them. */
  values: ReadonlyMap<string, string>;
}

/**
 * Writes biases and batch normalisations as what they are, where a file spells them out: Conv (or Gemm) then Add of one number
 * per channel is a Conv with a bias; Mul then Add (or Sub) of one number per channel is a BatchNormalization. The same weights
 * then make the same graph in every format, and rules of relevance see the layer and not its spelling. Values are kept
 * where anything else reads them.
 */
export function mergeAffine(graph: Graph): Merged {
  const readers = consumers(graph);
  const makers = producers(graph);
  const values = new Map<string, string>();
  const constants = new Map(graph.constants);
  /** Nodes written instead of others, by the output of the others. */
  const instead = new Map<string, Node>();
  for (const node of graph.nodes) {
    const parts = affinePart(graph, node);
    const before = parts && (instead.get(parts.value) ?? makers.get(parts.value));
    if (!parts || !before || readers.get(parts.value)?.length !== 1 || graph.outputs.includes(parts.value)) continue;
    const add = (suffix: string, tensor: Tensor): string => {
      const name = `${node.outputs[0]}:${suffix}`;
      constants.set(name, tensor);
      return name;
    };
    const merged =
      before.op === 'Conv' || before.op === 'Gemm' ? withBias(graph, before, node, parts, add) : asNorm(graph, before, node, parts, add);
    if (!merged) continue;
    instead.set(node.outputs[0] as string, merged);
    values.set(parts.value, node.outputs[0] as string);
  }
  if (instead.size === 0) return { graph, values };
  return { graph: rebuilt(graph, constants, instead, values), values };
}

interface Affine {
  op: 'Add' | 'Sub' | 'Mul';
  value: string;
  /** One number per channel, [C]. */
  numbers: Float32Array;
}

/** x + b, x − b or x·a with one constant number per channel of x. */
function affinePart(graph: Graph, node: Node): Affine | undefined {
  if (node.op !== 'Add' && node.op !== 'Sub' && node.op !== 'Mul') return undefined;
  const [a, b] = node.inputs as [string, string];
  const [value, constant] = graph.constants.has(b) ? [a, b] : [b, a];
  const tensor = graph.constants.get(constant);
  if (!tensor || (node.op === 'Sub' && constant !== b) || graph.constants.has(value)) return undefined;
  const shape = graph.types.get(value)?.shape ?? [];
  const numbers = perChannel(shape, tensor);
  return numbers && { op: node.op, value, numbers };
}

/** [C] where the tensor broadcasts to one number per channel of [N,C,…]; a scalar is the same for all. */
function perChannel(shape: Shape, { dtype, shape: own, data }: Tensor): Float32Array | undefined {
  const channels = shape[1];
  if (typeof channels !== 'number' || dtype !== 'float32' || (shape.length !== 2 && shape.length !== 4)) return undefined;
  const padded = [...new Array<number>(Math.max(0, shape.length - own.length)).fill(1), ...own];
  if (padded.length !== shape.length || padded.some((d, axis) => d !== 1 && axis !== 1)) return undefined;
  if (padded[1] === channels) return data as Float32Array;
  return padded[1] === 1 && shape.length === 4 ? new Float32Array(channels).fill(data[0] as number) : undefined;
}

type AddConstant = (suffix: string, tensor: Tensor) => string;

function withBias(
  graph: Graph,
  before: NodeOf<'Conv'> | NodeOf<'Gemm'>,
  node: Node,
  { op, numbers }: Affine,
  add: AddConstant,
): Node | undefined {
  if (op === 'Mul' || before.inputs[2] || !graph.constants.has(before.inputs[1] as string)) return undefined;
  const bias = op === 'Sub' ? numbers.map((v) => -v) : numbers;
  const inputs = [...before.inputs.slice(0, 2), add('bias', float32([bias.length], bias))];
  const outputs = node.outputs;
  return before.op === 'Conv' ? { ...before, inputs, outputs } : { ...before, inputs, outputs, attrs: { ...before.attrs, beta: 1 } };
}

function asNorm(graph: Graph, before: Node, node: Node, { op, numbers }: Affine, add: AddConstant): Node | undefined {
  const factor = before.op === 'Mul' ? affinePart(graph, before) : undefined;
  // A scalar for all channels is a rescaling and no norm.
  if (op === 'Mul' || !factor || (graph.types.get(factor.value)?.shape ?? []).length !== 4 || isScalar(graph, before)) return undefined;
  const size = numbers.length;
  const shift = op === 'Sub' ? numbers.map((v) => -v) : numbers;
  const parameters = [
    add('scale', float32([size], factor.numbers)),
    add('shift', float32([size], shift)),
    add('mean', float32([size], new Float32Array(size))),
    add('variance', float32([size], new Float32Array(size).fill(1))),
  ];
  return { op: 'BatchNormalization', inputs: [factor.value, ...parameters], outputs: node.outputs, attrs: { epsilon: 0 } };
}

function isScalar(graph: Graph, node: Node): boolean {
  return node.inputs.some((input) => graph.constants.get(input)?.data.length === 1);
}

function rebuilt(
  graph: Graph,
  constants: Graph['constants'],
  instead: ReadonlyMap<string, Node>,
  gone: ReadonlyMap<string, string>,
): Graph {
  const made = new Set(graph.nodes.flatMap((n) => n.outputs));
  const types = new Map([...graph.types].filter(([name]) => !made.has(name)));
  for (const [name, { dtype, shape }] of constants) types.set(name, { dtype, shape });
  const b = new GraphBuilder(infer, { ...graph, constants, nodes: [], types });
  for (const node of graph.nodes) if (!gone.has(node.outputs[0] as string)) b.add(instead.get(node.outputs[0] as string) ?? node);
  return b.build(graph.outputs);
}
