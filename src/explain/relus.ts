import { consumers, type Graph, type Node, producers } from '../graph/graph.ts';
import { prune } from '../graph/prune.ts';
import type { Model } from '../importers/model.ts';
import { opOf } from '../ops/index.ts';

/** Which activations count as a ReLU: `rectifiers` ReLU and ReLU6, `relu` ReLU alone. */
export type ReluKind = 'rectifiers' | 'relu';

/** The activations on the way to the logits (and to another value), told apart. */
export interface Activations {
  /** Outputs of those that are ReLUs. */
  relus: ReadonlySet<string>;
  others: readonly Node[];
}

/**
 * A Clip from 0 up (ReLU6) rectifies, unless it is part of a gate: hard-swish written as x·relu6(x + 3)/6, whose clipped
 * value goes into a product and nowhere else.
 */
export function activationsOf(model: Model, kind: ReluKind, value = model.logits): Activations {
  // Never of a value's past alone: what reads a Clip tells whether it is a gate.
  const graph = prune(model.graph, [...new Set([model.logits, value])]);
  const gates = gateClips(graph);
  const isRelu = (node: Node) =>
    node.op === 'Relu' ||
    (kind === 'rectifiers' && node.op === 'Clip' && node.attrs.min === 0 && node.attrs.max > 0 && !gates.has(node.outputs[0] as string));
  const activations = graph.nodes.filter((node) => opOf(node).kind === 'activation');
  return {
    relus: new Set(activations.filter(isRelu).map((node) => node.outputs[0] as string)),
    others: activations.filter((node) => !isRelu(node)),
  };
}

/** Outputs of Clips that are read, after scaling and shifting by constants, by products of two computed values only. */
function gateClips(graph: Graph): Set<string> {
  const readers = consumers(graph);
  const computed = producers(graph);
  const isComputed = (value: string) => computed.has(value) || graph.inputs.has(value);
  const onlyIntoProducts = (value: string): boolean => {
    const nodes = readers.get(value) ?? [];
    return nodes.length > 0 && !graph.outputs.includes(value) && nodes.every((node) => isProduct(node) || isPassing(node));
  };
  const isProduct = (node: Node) => node.op === 'Mul' && node.inputs.every(isComputed) && new Set(node.inputs).size === 2;
  const isPassing = (node: Node) =>
    ['Mul', 'Div', 'Add', 'Sub', 'Identity'].includes(node.op) &&
    node.inputs.filter(isComputed).length === 1 &&
    onlyIntoProducts(node.outputs[0] as string);
  const clips = graph.nodes.filter((node) => node.op === 'Clip').map((node) => node.outputs[0] as string);
  return new Set(clips.filter(onlyIntoProducts));
}
