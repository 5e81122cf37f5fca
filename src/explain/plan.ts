import { check } from '../graph/check.ts';
import { consumers, type Graph, type Node, sameShape, typeOf } from '../graph/graph.ts';
import type { Shape } from '../graph/opset.ts';
import { prune } from '../graph/prune.ts';
import type { Model } from '../importers/model.ts';
import { infer, newBuilder } from '../ops/index.ts';
import { differentiate } from '../transform/differentiate.ts';
import { foldBatchNorm } from '../transform/foldBatchNorm.ts';
import { findLayer, inputLayer } from './layers.ts';
import type { GraphMethod } from './method.ts';

/** One map asked of a plan. `layer` is a layer's name, or `input`. */
export interface MapSpec {
  method: GraphMethod;
  variant: string;
  layer: string;
}

/** An explanation graph: image and one-hot class in, logits and all maps out. */
export interface Plan {
  graph: Graph;
  /** The one-hot class [N,classes], an input: one plan serves every class. */
  classInput: string;
  logits: string;
  /** Value of each map, in the order asked: H·W cells an image. */
  maps: readonly string[];
}

/**
 * One graph for any number of maps: the forward pass and one backward sweep are shared by all methods and layers; nodes
 * nobody asked for are not in it. Logits are always an output.
 */
export function planMaps(model: Model, specs: readonly MapSpec[]): Plan {
  const asked = specs.map(({ layer }) => (layer === inputLayer ? model.input.value : findLayer(model, layer).value));
  const { graph: forward, values: folded } = foldBatchNorm(prune(model.graph, [model.logits]), neededAsTheyAre(specs, asked));
  const b = newBuilder(forward);
  // As many as there are images: a model that works across its batch takes one only.
  const [images] = b.shape(model.logits) as [Shape[number]];
  const classInput = b.input(b.unique('class'), { dtype: 'float32', shape: [images, model.classes] });
  const inGraph = (value: string) => folded.get(value)?.norm ?? value;
  const gradients = differentiate(b, model.logits, classInput, [...new Set(asked.map(inGraph))]);
  const parts = sums(forward);
  const emitAt = (method: GraphMethod, variant: string, value: string): string => {
    const summands = method.additive ? parts.get(value) : undefined;
    if (summands?.every((part) => asked.includes(part))) {
      return summands.map((part) => emitAt(method, variant, part)).reduce((sum, map) => b.op('Add', [sum, map], {}));
    }
    const activation = inGraph(value);
    const gradient = gradients.get(activation) ?? b.op('Mul', [activation, b.scalar(0)], {});
    const at = { activation, gradient, shape: b.shape(activation) };
    const before = folded.get(value);
    return before && method.emitBeforeAffine ? method.emitBeforeAffine(b, at, before.shift) : method.emit(b, at, method.computes(variant));
  };
  const maps = specs.map(({ method, variant }, i) => emitAt(method, variant, asked[i] as string));
  const outputs = [model.logits, ...new Set(maps)];
  return { graph: check(prune(b.build(outputs), outputs), infer), classInput, logits: model.logits, maps };
}

/** Values that are a Concat over channels or a sum of values of the same shape, with these: where nothing else reads them. */
function sums(graph: Graph): Map<string, readonly string[]> {
  const readers = consumers(graph);
  const outputs = new Set(graph.outputs);
  const own = (part: string) => readers.get(part)?.length === 1 && !graph.constants.has(part) && !outputs.has(part);
  const whole = (node: Node) =>
    (node.op === 'Concat' && node.attrs.axis === 1) ||
    (node.op === 'Add' && node.inputs.every((i) => sameShape(typeOf(graph, i).shape, typeOf(graph, node.outputs[0] as string).shape)));
  const nodes = graph.nodes.filter((node) => whole(node) && new Set(node.inputs).size === node.inputs.length && node.inputs.every(own));
  return new Map(nodes.map((node) => [node.outputs[0] as string, node.inputs]));
}

/** Values that a method reads itself, so that nothing may be folded into or over them. */
function neededAsTheyAre(specs: readonly MapSpec[], values: readonly string[]): Set<string> {
  return new Set(values.filter((_, i) => !specs[i]?.method.emitBeforeAffine));
}

/** The forward pass alone. */
export function planForward(model: Model): Graph {
  return check(prune(model.graph, [model.logits]), infer);
}
