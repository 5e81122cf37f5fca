import type { Graph, Node } from '../graph/graph.ts';
import type { OpName } from '../graph/opset.ts';

/** Axis order of a value that is a stack of pictures. */
type Order = 'first' | 'last';

/** Operators that are defined on pictures [N,C,H,W], whatever they come from. */
const onPictures: ReadonlySet<OpName> = new Set<OpName>([
  'Conv',
  'ConvTranspose',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'Resize',
  'DepthToSpace',
  'LRN',
]);

/** Operators that change what [N,C,H,W] means, or may. */
const anew: ReadonlySet<OpName> = new Set<OpName>(['Reshape', 'Transpose', 'MatMul', 'Flatten', 'Gemm', 'Squeeze', 'Unsqueeze', 'Gather']);

/**
 * Values [N,C,H,W] that are pictures: rows and columns of the image, coarser. Four axes alone do not say so: the heads of an
 * attention are [N,heads,tokens,width]. A picture stays one through what works cell by cell, pads, cuts, joins or sums; what
 * a convolution or a pool reads is one; a Reshape, and a Transpose but to channels-last and back, end it.
 */
export function pictures(graph: Graph, input: string): ReadonlySet<string> {
  const orders = new Map<string, Order>([[input, 'first']]);
  const rank4 = (value: string) => graph.types.get(value)?.shape.length === 4;
  const know = (value: string | undefined, order: Order): boolean => {
    if (value === undefined || !rank4(value) || graph.constants.has(value) || orders.has(value)) return false;
    orders.set(value, order);
    return true;
  };
  // What follows from what feeds a convolution goes backwards, and on from there: a few rounds reach everything.
  for (let round = 0, found = true; found && round < 8; round++) {
    found = false;
    for (const node of graph.nodes) for (const [value, order] of fromInputs(graph, node, orders)) found = know(value, order) || found;
    for (const node of graph.nodes.toReversed())
      for (const [value, order] of fromOutputs(node, orders)) found = know(value, order) || found;
  }
  return new Set([...orders].flatMap(([value, order]) => (order === 'first' ? [value] : [])));
}

type Known = ReadonlyMap<string, Order>;
type Found = readonly (readonly [value: string, order: Order])[];

function fromInputs(graph: Graph, node: Node, orders: Known): Found {
  const { inputs, outputs } = node;
  if (onPictures.has(node.op)) return [...outputs, inputs[0] as string].map((value) => [value, 'first']);
  const order = orders.get(inputs[0] as string);
  if (node.op === 'Transpose') return order ? turned(node.attrs.perm, order, outputs[0] as string) : [];
  // A dense layer of the channels of each cell.
  if (node.op === 'MatMul') return order === 'last' && graph.constants.has(inputs[1] as string) ? [[outputs[0] as string, 'last']] : [];
  if (anew.has(node.op)) return [];
  const one = inputs.map((value) => orders.get(value)).find((o) => o !== undefined);
  return one ? outputs.map((value) => [value, one]) : [];
}

function fromOutputs(node: Node, orders: Known): Found {
  if (node.op === 'ReduceMean' && node.attrs.axes.join() === '2,3') return [[node.inputs[0] as string, 'first']];
  const order = node.outputs.map((value) => orders.get(value)).find((o) => o !== undefined);
  if (!order || onPictures.has(node.op)) return [];
  if (node.op === 'Transpose') return turned(inverse(node.attrs.perm), order, node.inputs[0] as string);
  return anew.has(node.op) ? [] : node.inputs.map((value) => [value, order]);
}

function turned(perm: readonly number[], order: Order, to: string): Found {
  if (order === 'first' && perm.join() === '0,2,3,1') return [[to, 'last']];
  return order === 'last' && perm.join() === '0,3,1,2' ? [[to, 'first']] : [];
}

function inverse(perm: readonly number[]): number[] {
  return perm.map((_, i) => perm.indexOf(i));
}
