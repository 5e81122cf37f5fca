import type { Graph, Node } from '../graph/graph.ts';
import type { Layer } from './model.ts';

const rescales = new Set<Node['op']>(['Add', 'Sub', 'Mul', 'Div', 'BatchNormalization']);
const moves = new Set<Node['op']>(['Identity', 'Cast', 'Transpose', 'Pad']);

/** Names of the layers between the input and what first looks at it that shift or scale by constants: preprocessing inside the model. */
export function rescalingLayers(graph: Graph, layers: readonly Layer[]): string[] {
  const image = new Set(graph.inputs.keys());
  const scaled = new Set<string>();
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => image.has(input))) continue;
    const [output] = node.outputs as [string];
    if (moves.has(node.op)) {
      image.add(output);
      // Another order of the same picture.
      if (node.op === 'Transpose' && node.inputs.some((input) => scaled.has(input))) scaled.add(output);
    } else if (rescales.has(node.op) && node.inputs.some((input) => graph.constants.has(input))) {
      image.add(output);
      scaled.add(output);
    }
  }
  return layers.filter((layer) => scaled.has(layer.value)).map((layer) => layer.name);
}
