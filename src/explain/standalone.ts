import type { GraphBuilder } from '../graph/builder.ts';
import { check } from '../graph/check.ts';
import { type Graph, type Node, type Tensor, typeOf } from '../graph/graph.ts';
import { prune } from '../graph/prune.ts';
import type { Model } from '../importers/model.ts';
import { infer, newBuilder } from '../ops/index.ts';
import type { Preprocessing } from '../shared/sidecar.ts';
import { imageInput } from './imageInput.ts';
import { type MapSpec, type Plan, planMaps } from './plan.ts';

/** What an explanation that stands alone has built in. */
export interface BuiltIn {
  /** Weight of each logit in the scalar explained [1,classes]. */
  target: Tensor;
  /** Fed values [C] of black and white. */
  bounds: { low: Tensor; high: Tensor };
  /** Undefined: the input is the network's own tensor as fed, float32 [N,C,H,W]. */
  preprocessing: Preprocessing | undefined;
  /** [H,W] of the map. */
  size: readonly [number, number];
}

/** Name of the input where the preprocessing is built in, and of the outputs. */
export const standaloneNames = { image: 'image', map: 'map', logits: 'logits' } as const;

/**
 * One map as a graph that needs nothing else: input `image`, uint8 [N,H,W,3] RGB (without a known preprocessing: the
 * network's own input, under its own name); outputs `map` [N,H,W], raw, and `logits` [N,classes].
 */
export function standaloneMap(model: Model, spec: MapSpec, { target, bounds, preprocessing, size }: BuiltIn): Graph {
  const plan = planMaps(model, [spec]);
  const { channels, height, width, name } = model.input;
  const [images] = typeOf(plan.graph, model.input.value).shape;
  const b = newBuilder();
  const names = new Map<string, string>();
  const type = { dtype: 'float32', shape: [images ?? 1, channels, height, width] } as const;
  const fed = preprocessing
    ? imageInput(b, standaloneNames.image, preprocessing, { images: images ?? 1, height, width })
    : b.input(name, type);
  names.set(model.input.value, fed);
  if (plan.bounds) names.set(plan.bounds.low, b.constant('low', bounds.low)).set(plan.bounds.high, b.constant('high', bounds.high));
  append(b, plan, names, target);
  const inGraph = (value: string) => names.get(value) as string;
  const outputs = [
    b.op('Reshape', [inGraph(plan.maps[0] as string)], { shape: [images ?? 1, ...size] }, standaloneNames.map),
    b.op('Identity', [inGraph(plan.logits)], {}, standaloneNames.logits),
  ];
  return check(prune(b.build(outputs), outputs), infer);
}

/** The plan's nodes under names that leave those of inputs and outputs free; the target follows as soon as there are logits. */
function append(b: GraphBuilder, plan: Plan, names: Map<string, string>, target: Tensor): void {
  const reserved = new Set<string>(Object.values(standaloneNames));
  const rename = (value: string) => {
    const name = b.unique(reserved.has(value) ? `network:${value}` : value);
    names.set(value, name);
    return name;
  };
  for (const [value, tensor] of plan.graph.constants) b.constant(rename(value), tensor);
  const padded = new Set(plan.graph.nodes.flatMap((node) => (node.op === 'Pad' ? node.outputs : [])));
  for (const node of plan.graph.nodes) {
    const read = node.inputs.map((input) => (input === '' ? '' : (names.get(input) as string)));
    const inputs = node.op === 'MaxPool' && padded.has(node.inputs[0] as string) ? [unfused(b, read[0] as string)] : read;
    b.add({ ...node, inputs, outputs: node.outputs.map(rename) } as Node);
    if (node.outputs.includes(plan.logits))
      names.set(plan.classInput, perImage(b, b.constant('target', target), names.get(plan.logits) as string));
  }
}

/** The same weights [1,classes] for each of as many images as `logits` [N,classes] has. */
function perImage(b: GraphBuilder, weights: string, logits: string): string {
  if (b.shape(logits)[0] !== 'N') return weights;
  return b.op('Add', [b.op('Sub', [logits, logits], {}), weights], {});
}

/**
 * The same values. onnxruntime merges a Pad with the max pool behind it, whose own padding never wins where the Pad's zeros
 * would: wrong for negative values, and here nobody can switch that off. It merges nothing through a Clip.
 */
function unfused(b: GraphBuilder, value: string): string {
  const largest = 3.4028234663852886e38;
  return b.op('Clip', [value], { min: -largest, max: largest });
}
