import { elements, type Graph } from '../../graph/graph.ts';
import { ModelError } from '../../shared/errors.ts';
import type { Layer } from '../model.ts';
import { modulePath } from './modulePath.ts';
import type { ImportedNode } from './walk.ts';

/**
 * One layer per output of each node of the file that depends on the image and lies on the way to the graph's outputs.
 * Named by the modules it stands in, else as the node; a node without a name, and further outputs of one node, as the tensor.
 */
export function layersOf(graph: Graph, nodes: readonly ImportedNode[]): Layer[] {
  const alive = dependent(graph);
  const taken = new Set<string>();
  const layers: Layer[] = [];
  const numbered = numbering();
  for (const { proto, index, outputs } of nodes) {
    const parameters = countParameters(proto.inputs, graph);
    outputs.forEach(([tensor, value], i) => {
      const type = graph.types.get(value);
      if (!alive.has(value) || type?.dtype !== 'float32') return;
      const path = i === 0 ? numbered(modulePath(proto)) : undefined;
      const own = path ?? (i === 0 && proto.name && !taken.has(proto.name) ? proto.name : tensor);
      const name = taken.has(own) ? `${own}#${index}` : own;
      taken.add(name);
      layers.push({
        name,
        aliases: [tensor, ...(path && proto.name ? [proto.name] : [])].filter((alias) => alias !== name),
        kind: proto.opType,
        value,
        shape: type.shape,
        parameters: i === 0 ? parameters : 0,
        place: { node: `graph.node[${index}] ${proto.name ?? ''}`.trimEnd() },
      });
    });
  }
  if (layers.length === 0) throw new ModelError('unsupported', "The model's output does not depend on its image input.");
  return layers;
}

/** Modules may call an operator more than once: `relu/Relu`, `relu/Relu_1`. */
function numbering(): (path: string | undefined) => string | undefined {
  const counts = new Map<string, number>();
  return (path) => {
    if (path === undefined) return undefined;
    const count = counts.get(path) ?? 0;
    counts.set(path, count + 1);
    return count === 0 ? path : `${path}_${count}`;
  };
}

/** Size of a node's float constants; bounds and other attributes given as tensors are none. */
function countParameters(inputs: readonly string[], graph: Graph): number {
  let sum = 0;
  for (const name of inputs) {
    const tensor = graph.constants.get(name);
    if (tensor?.dtype === 'float32') sum += elements(tensor.shape);
  }
  return sum;
}

/** Values computed from the graph's inputs. */
function dependent(graph: Graph): Set<string> {
  const values = new Set(graph.inputs.keys());
  for (const node of graph.nodes) {
    if (node.inputs.some((input) => values.has(input))) for (const output of node.outputs) values.add(output);
  }
  return values;
}
