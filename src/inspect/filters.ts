import { elements, type Graph, type Node, producers, sameShape, typeOf } from '../graph/graph.ts';
import type { Model } from '../importers/model.ts';
import { opOf } from '../ops/index.ts';
import type { FilterInfo } from '../shared/unitsProtocol.ts';
import { type Kernels, kernelsOf } from './kernels.ts';

/** The kernels that make the units of a layer, and the layer that has them. */
export interface FilterBank {
  info: FilterInfo;
  kernels: Kernels;
}

/**
 * The convolution or dense layer behind the units of a layer's `value`: the one that puts it out, or whose output is normalised,
 * shifted or rectified until it is the value, each unit by itself. Undefined: a sum, a pool, computed weights.
 * @param makers the graph's producers, where many layers are asked about
 */
export function filterBank(model: Model, layer: string, value: string, makers = producers(model.graph)): FilterBank | undefined {
  let owner = layer;
  for (let at: Units | undefined = { value, axis: 1 }; at; ) {
    const { value: here, axis }: Units = at;
    // The first layer behind the kernels is theirs.
    if (here !== value) owner = model.layers.find((l) => l.value === here)?.name ?? owner;
    const node = makers.get(here);
    const kernels = node && kernelsOf(model.graph, node, axis);
    if (kernels) {
      const { inputs, kernel, group } = kernels;
      const colour = inputs === 3 && group === 1 && showsImage(model, makers, node.inputs[0] as string);
      return { kernels, info: { layer: owner, kernel, inputs, group, colour } };
    }
    at = node && unitsBehind(model.graph, node, axis);
  }
  return undefined;
}

/** A value and which of its axes counts its units. */
interface Units {
  value: string;
  axis: number;
}

/** The units that a node works on each by itself. */
function unitsBehind(graph: Graph, node: Node, axis: number): Units | undefined {
  const source = onlyInput(graph, node);
  if (source === undefined) return undefined;
  const [from, to] = [typeOf(graph, source).shape, typeOf(graph, node.outputs[0] as string).shape];
  if (isUnary(node)) return sameShape(from, to) ? { value: source, axis } : undefined;
  if (node.op === 'Transpose') return { value: source, axis: node.attrs.perm[axis] as number };
  // A column of units [N,C,1,1] written as a vector [N,C], or the other way round.
  const units = to[axis] as number;
  const column = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'].includes(node.op) && from.length > 1 && elements(from.slice(1)) === units;
  return column ? { value: source, axis: Math.max(1, from.indexOf(units, 1)) } : undefined;
}

/** Whether a value has the channels of the image, each shifted, scaled, or padded by itself at most. */
function showsImage({ graph, input }: Model, makers: ReadonlyMap<string, Node>, value: string): boolean {
  for (let at: string | undefined = value; at !== undefined; ) {
    if (at === input.value) return true;
    const node = makers.get(at);
    const passes = node && (isUnary(node) || node.op === 'Pad' || node.op === 'Transpose' || node.op === 'Cast');
    at = passes ? onlyInput(graph, node) : undefined;
  }
  return false;
}

/** Number by number; or with constants, once it is known that nothing is broadcast. */
function isUnary(node: Node): boolean {
  return opOf(node).kind === 'activation' || ['BatchNormalization', 'Identity', 'Add', 'Sub', 'Mul', 'Div'].includes(node.op);
}

/** The one input that is not constant; undefined where there are several. */
function onlyInput({ constants }: Graph, { inputs }: Node): string | undefined {
  const computed = inputs.filter((value) => value !== '' && !constants.has(value));
  return computed.length === 1 ? computed[0] : undefined;
}
