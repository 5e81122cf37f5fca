import { type Graph, type Node, producers, typeOf } from '../graph/graph.ts';
import type { Layer, Model } from '../importers/model.ts';
import { ModelError } from '../shared/errors.ts';
import { isSpatial, layerAt } from './layers.ts';

/** Where every logit is an affine function of the spatial means of one layer's channels, and of nothing else. */
export interface LinearHead {
  /** The layer that is averaged. */
  layer: Layer;
  /** Its means, [N,C,1,1] or [N,C]. */
  pooled: string;
}

/**
 * The network's end as class activation mapping needs it: one layer → global average pool → linear → logits, or a layer
 * with a channel per class → global average pool = logits.
 * @returns ModelError('method') naming the layer that stands in the way where the network does not end like this
 */
export function linearHead(model: Model): LinearHead | ModelError {
  const { graph } = model;
  const makers = producers(graph);
  let value = model.logits;
  for (;;) {
    const node = makers.get(value);
    if (!node) return refusal(model, value, 'nothing is averaged over positions');
    const source = node.inputs[0] as string;
    if (isGlobalMean(graph, node)) return pooledLayer(model, makers, source, value);
    const obstacle = standsBetween(graph, node);
    if (obstacle !== undefined) return refusal(model, value, obstacle);
    value = computedInput(graph, node);
  }
}

/**
 * Whether every logit is an affine function of the vector `value` of each image, or of the spatial means of the layer
 * `value`, and of nothing else.
 */
export function readLinearly({ graph, logits }: Model, value: string): boolean {
  const makers = producers(graph);
  let at = logits;
  while (at !== value) {
    const node = makers.get(at);
    if (!node) return false;
    if (isGlobalMean(graph, node)) return unchanged(makers, node.inputs[0] as string).includes(value);
    if (standsBetween(graph, node) !== undefined) return false;
    at = computedInput(graph, node);
  }
  return typeOf(graph, value)
    .shape.slice(2)
    .every((size) => size === 1);
}

/** Averages over all positions of its input. */
function isGlobalMean(graph: Graph, node: Node): boolean {
  const { shape } = typeOf(graph, node.inputs[0] as string);
  if (shape.length !== 4) return false;
  if (node.op === 'GlobalAveragePool') return true;
  if (node.op === 'ReduceMean') return [...node.attrs.axes].sort().join() === '2,3';
  if (node.op !== 'AveragePool') return false;
  const whole = node.attrs.kernel.every((size, axis) => size === shape[axis + 2]);
  return whole && node.attrs.pads.every((p) => p === 0);
}

/** What keeps the node from being an affine map of one vector per image, in words; undefined: it is one. */
function standsBetween(graph: Graph, node: Node): string | undefined {
  const input = typeOf(graph, computedInput(graph, node)).shape;
  if (node.inputs.filter((i) => i !== '' && !graph.constants.has(i)).length !== 1) return `${node.op} brings two values together`;
  // One vector, channels-first or channels-last: a TensorFlow graph has [N,1,1,C] before its last reshape.
  const vector = input.slice(1).filter((size) => size !== 1).length <= 1;
  if (input.length === 4 && !vector) {
    return ['Flatten', 'Reshape'].includes(node.op)
      ? 'every position has weights of its own there, none is averaged'
      : `${node.op} works on positions there, but a global average must come last`;
  }
  const reciprocal = node.op === 'Div' && graph.constants.has(node.inputs[0] as string);
  return affine.has(node.op) && !reciprocal ? undefined : `${node.op} is not linear`;
}

const affine: ReadonlySet<Node['op']> = new Set([
  'Gemm',
  'MatMul',
  'Conv',
  'Add',
  'Sub',
  'Mul',
  'Div',
  'BatchNormalization',
  'Identity',
  'Flatten',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
] as const);

/** The input that is no constant. */
function computedInput(graph: Graph, node: Node): string {
  return node.inputs.find((i) => i !== '' && !graph.constants.has(i)) ?? (node.inputs[0] as string);
}

function pooledLayer(model: Model, makers: ReadonlyMap<string, Node>, source: string, pooled: string): LinearHead | ModelError {
  const same = unchanged(makers, source);
  const layer = same.map((value) => model.layers.find((l) => l.value === value && isSpatial(l))).find((l) => l !== undefined);
  return layer ? { layer, pooled } : refusal(model, source, 'what is averaged is no layer with a height and a width');
}

/** The value, and those upstream that it is the same as: dropout is nothing here, and may be a value of its own. */
function unchanged(makers: ReadonlyMap<string, Node>, value: string): string[] {
  const node = makers.get(value);
  return node?.op === 'Identity' ? [value, ...unchanged(makers, node.inputs[0] as string)] : [value];
}

function refusal(model: Model, value: string, why: string): ModelError {
  const where = layerAt(model, value)?.name ?? value;
  return new ModelError('method', `CAM needs a global average pool and one linear layer before the logits; at '${where}' ${why}.`, {
    file: model.file,
    where,
    hint: 'Use Grad-CAM, which is the same map where CAM is possible and works elsewhere too.',
  });
}
