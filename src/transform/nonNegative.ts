import type { Node } from '../graph/graph.ts';

const always = new Set<Node['op']>(['Relu', 'Sigmoid', 'HardSigmoid', 'Softplus', 'Exp', 'Abs', 'Softmax', 'Sqrt']);
const asInputs = new Set<Node['op']>([
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'Add',
  'Concat',
  'Split',
  'Slice',
  'Flatten',
  'Reshape',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Expand',
  'Identity',
  'ReduceMean',
  'ReduceSum',
  'ReduceMax',
  'Mul',
  'DepthToSpace',
]);

/** Values that no input can make negative, as far as the operators tell: behind ReLUs and what only adds, picks or moves. */
export function nonNegativeValues(nodes: readonly Node[], isNonNegative: (constant: string) => boolean): Set<string> {
  const known = new Set<string>();
  const has = (value: string) => value !== '' && (known.has(value) || isNonNegative(value));
  for (const node of nodes) {
    if (follows(node, has)) for (const output of node.outputs) known.add(output);
  }
  return known;
}

function follows(node: Node, has: (value: string) => boolean): boolean {
  if (always.has(node.op)) return true;
  if (node.op === 'Clip') return node.attrs.min >= 0;
  if (node.op === 'Pad') return has(node.inputs[0] as string) && (node.attrs.mode !== 'constant' || node.attrs.value >= 0);
  if (node.op === 'Resize' || node.op === 'FakeQuantize') return has(node.inputs[0] as string);
  return asInputs.has(node.op) && node.inputs.every(has);
}
