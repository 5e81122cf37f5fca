import type { TfConstant, TfGraph, TfNode } from './graph.ts';

const convolutions = new Set([
  'Conv2D',
  '_FusedConv2D',
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2dNative',
  '_FusedDepthwiseConv2dNative',
]);

/**
 * Dilated convolutions as they were meant. TensorFlow writes them as three nodes: SpaceToBatchND lays every `block`-th row and
 * column into an image of its own, a convolution of these images, and BatchToSpaceND puts them together again. The three
 * are one convolution dilated by `block`, whose padding is the paddings less the crops. The node stands in the place of the
 * last and keeps the convolution's name. What is none of this stays as it is.
 */
export function withDilations(graph: TfGraph): TfGraph {
  if (!graph.nodes.some(({ op }) => op === 'SpaceToBatchND')) return graph;
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const readers = readersOf(graph);
  const gone = new Set<TfNode>();
  const dilated = new Map<TfNode, TfNode>();
  for (const last of graph.nodes) {
    const conv = last.op === 'BatchToSpaceND' ? makers.get(last.inputs[0] ?? '') : undefined;
    const first = makers.get(conv?.inputs[0] ?? '');
    if (!conv || first?.op !== 'SpaceToBatchND') continue;
    const alone = readers.get(last.inputs[0] as string) === 1 && readers.get(conv.inputs[0] as string) === 1;
    const one = alone ? merged(first, conv, last, graph.constants) : undefined;
    if (!one) continue;
    dilated.set(last, one);
    gone.add(first).add(conv);
  }
  return { ...graph, nodes: graph.nodes.flatMap((node) => (gone.has(node) ? [] : [dilated.get(node) ?? node])) };
}

function readersOf({ nodes, outputs }: TfGraph): Map<string, number> {
  const readers = new Map<string, number>();
  for (const name of [...nodes.flatMap((node) => node.inputs), ...outputs.map(({ tensor }) => tensor)]) {
    readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  return readers;
}

function merged(first: TfNode, conv: TfNode, last: TfNode, constants: ReadonlyMap<string, TfConstant>): TfNode | undefined {
  const attrs = conv.attrs;
  const plain = attrs.padding === 'VALID' && (attrs.data_format ?? 'NHWC') === 'NHWC' && isOnes(attrs.strides);
  const [block, paddings, again, crops] = [first.inputs[1], first.inputs[2], last.inputs[1], last.inputs[2]].map((name) =>
    numbersOf(constants.get(name ?? '')),
  );
  if (!convolutions.has(conv.op) || !plain || block?.length !== 2 || again?.join() !== block.join()) return undefined;
  if (paddings?.length !== 4 || crops?.length !== 4) return undefined;
  const explicit = paddings.map((p, i) => p - (crops[i] as number));
  const [dh, dw] = block as [number, number];
  if (explicit.some((p) => p < 0) || dh < 1 || dw < 1) return undefined;
  const [, h = 1, w = 1] = Array.isArray(attrs.dilations) ? (attrs.dilations as readonly number[]) : [];
  return {
    ...conv,
    inputs: [first.inputs[0] as string, ...conv.inputs.slice(1)],
    outputs: last.outputs,
    attrs: { ...attrs, padding: 'EXPLICIT', explicit_paddings: [0, 0, ...explicit, 0, 0], dilations: [1, h * dh, w * dw, 1] },
  };
}

const isOnes = (value: unknown): boolean => Array.isArray(value) && value.every((v) => v === 1);

/** Few integers; undefined for anything else, undecoded. */
function numbersOf(constant: TfConstant | undefined): readonly number[] | undefined {
  const size = constant?.shape.reduce((n, d) => n * d, 1) ?? 0;
  const integers = constant?.dtype === 'int32' || constant?.dtype === 'int64';
  return constant && integers && size > 0 && size <= 4 ? Array.from(constant.read(), Number) : undefined;
}
