import type { Graph } from '../../graph/graph.ts';
import { ModelError } from '../../shared/errors.ts';
import type { Layer } from '../model.ts';
import type { Values } from './values.ts';
import type { ImportedNode } from './walk.ts';

/**
 * One layer per node of the file that computes something from the image on the way to the graph's outputs. What is another
 * value only seen in another order (Identity, Transpose), and what has four axes but is no image (attention scores), is none.
 * @param merged values that stand for others now (a convolution's sum with the bias for the convolution)
 */
export function layersOf(graph: Graph, nodes: readonly ImportedNode[], values: Values, merged: ReadonlyMap<string, string>): Layer[] {
  const layers = new Map<string, Layer>();
  // Mul and Add that are one: neither word says it.
  const norms = new Set(graph.nodes.filter(({ op }) => op === 'BatchNormalization').map(({ outputs }) => outputs[0]));
  for (const { node, parameters } of nodes) {
    for (const [i, tensor] of node.outputs.entries()) {
      const held = values.get(tensor);
      if (!held || 'constant' in held) continue;
      const value = merged.get(held.value) ?? held.value;
      const type = graph.types.get(value);
      const known = layers.get(value);
      if (known)
        layers.set(value, { ...known, aliases: [...known.aliases, tensor], parameters: known.parameters + (i === 0 ? parameters : 0) });
      if (known || graph.inputs.has(value) || type?.dtype !== 'float32') continue;
      if (type.shape.length === 4 && held.order === 'file') continue;
      const name = i === 0 ? node.name : tensor;
      const aliases = tensor === name ? [] : [tensor];
      const kind = norms.has(value) && !node.op.includes('BatchNorm') ? 'BatchNormalization' : (node.kind ?? node.op);
      layers.set(value, {
        name,
        aliases,
        kind,
        value,
        shape: type.shape,
        parameters: i === 0 ? parameters : 0,
        place: { node: node.place },
      });
    }
  }
  if (layers.size === 0) throw new ModelError('unsupported', "The model's output does not depend on its image input.");
  return [...layers.values()];
}
