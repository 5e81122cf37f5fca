import { GraphBuilder } from '../graph/builder.ts';
import { consumers, float32, type Graph, type Node, type NodeOf, type Tensor } from '../graph/graph.ts';
import { infer } from '../ops/index.ts';

/** A value x that is no longer in the graph: y = scale ∘ x + shift (per channel) is, under `norm`. */
export interface FoldedValue {
  norm: string;
  /** [C]. */
  scale: Float32Array;
  shift: Float32Array;
}

export interface Folded {
  graph: Graph;
  /** By the name of the convolution's output that was folded away. */
  values: ReadonlyMap<string, FoldedValue>;
}

/**
 * Merges each BatchNormalization into the convolution before it, where nothing else reads the convolution's output: one
 * pass over memory less forward and backward. The logits change by rounding only.
 * @param needed values that must stay
 */
export function foldBatchNorm(graph: Graph, needed: ReadonlySet<string> = new Set()): Folded {
  const readers = consumers(graph);
  const keep = new Set([...graph.outputs, ...needed]);
  const b = new GraphBuilder(infer, { ...graph, nodes: [], types: typesWithoutNodes(graph) });
  const values = new Map<string, FoldedValue>();
  const skipped = new Map<string, NodeOf<'Conv'>>();
  for (const node of graph.nodes) {
    const next = node.op === 'Conv' ? onlyNorm(readers.get(node.outputs[0] as string)) : undefined;
    if (node.op === 'Conv' && next && !keep.has(node.outputs[0] as string) && constantInputs(graph, node, next)) {
      skipped.set(node.outputs[0] as string, node);
      continue;
    }
    const conv = node.op === 'BatchNormalization' ? skipped.get(node.inputs[0] as string) : undefined;
    if (node.op !== 'BatchNormalization' || !conv) {
      b.add(node);
      continue;
    }
    const affine = affineOf(graph, node);
    values.set(conv.outputs[0] as string, { norm: node.outputs[0] as string, ...affine });
    b.add(foldedConv(b, graph, conv, node, affine));
  }
  return { graph: b.build(graph.outputs), values };
}

function typesWithoutNodes(graph: Graph): Graph['types'] {
  const made = new Set(graph.nodes.flatMap((n) => n.outputs));
  return new Map([...graph.types].filter(([name]) => !made.has(name)));
}

function onlyNorm(readers: readonly Node[] | undefined): NodeOf<'BatchNormalization'> | undefined {
  const [only] = readers ?? [];
  return readers?.length === 1 && only?.op === 'BatchNormalization' ? only : undefined;
}

function constantInputs(graph: Graph, conv: Node, norm: Node): boolean {
  return [...conv.inputs.slice(1), ...norm.inputs.slice(1)].every((i) => i === '' || graph.constants.has(i));
}

/** scale = γ/√(σ² + ε), shift = β − μ·scale. */
export function affineOf(
  graph: Pick<Graph, 'constants'>,
  { inputs, attrs }: NodeOf<'BatchNormalization'>,
): { scale: Float32Array; shift: Float32Array } {
  const [gamma, beta, mean, variance] = inputs.slice(1).map((name) => (graph.constants.get(name) as Tensor).data as Float32Array) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const scale = gamma.map((g, c) => g / Math.sqrt((variance[c] as number) + attrs.epsilon));
  return { scale, shift: beta.map((v, c) => v - (mean[c] as number) * (scale[c] as number)) };
}

function foldedConv(
  b: GraphBuilder,
  graph: Graph,
  conv: NodeOf<'Conv'>,
  norm: NodeOf<'BatchNormalization'>,
  { scale, shift }: { scale: Float32Array; shift: Float32Array },
): Node {
  const weight = graph.constants.get(conv.inputs[1] as string) as Tensor;
  const bias = conv.inputs[2] ? (graph.constants.get(conv.inputs[2])?.data as Float32Array) : undefined;
  const perOutput = weight.data.length / scale.length;
  const data = (weight.data as Float32Array).map((w, i) => w * (scale[Math.floor(i / perOutput)] as number));
  const offset = shift.map((t, c) => t + (bias?.[c] ?? 0) * (scale[c] as number));
  const name = norm.outputs[0] as string;
  const inputs = [
    conv.inputs[0] as string,
    b.constant(`${name}:weight`, float32(weight.shape as number[], data)),
    b.constant(`${name}:bias`, float32([scale.length], offset)),
  ];
  return { op: 'Conv', inputs, outputs: norm.outputs, attrs: conv.attrs };
}
