import { check } from '../graph/check.ts';
import { type Graph, type Node, producers } from '../graph/graph.ts';
import { prune } from '../graph/prune.ts';
import type { Model } from '../importers/model.ts';
import { infer, newBuilder, opOf } from '../ops/index.ts';
import { foldBatchNorm } from '../transform/foldBatchNorm.ts';
import { type FeaturePlace, featurePlaces } from './featureLayers.ts';

/** A layer that a checkpoint is looked at with, and the value [N,C,H,W] or [N,C] that it puts out. */
export interface SetLayer extends FeaturePlace {
  /**
   * Its units can be dead: what it puts out comes from a ReLU, or a clip at 0 as ReLU6, without a pool or a join in between, which would
   * count the units of the layers before them once more. Of other activations, leaky or smooth, no unit is ever without gradient.
   */
  cuts: boolean;
}

const mostLayers = 16;

/**
 * The layers with features that compute something of their own, in order of depth: not one whose output a batch norm or an activation
 * alone reads, which is the layer then, nor one that arranges what another has computed. Of more than 16 some, spread evenly over depth.
 * @param feature one that is always among them
 */
export function setLayers(model: Model, feature: FeaturePlace): SetLayer[] {
  const makers = producers(model.graph);
  const places = featurePlaces(model).filter(({ value }, i, all) => all.findIndex((place) => place.value === value) === i);
  const values = new Set(places.map(({ value }) => value));
  const own = places.filter(
    ({ value }) => value === feature.value || !(isPreparation(model, value, values) || isArranged(makers, value, values)),
  );
  return spread(own, feature).map((place) => ({ ...place, cuts: isCut(makers, place.value) }));
}

function spread(places: readonly FeaturePlace[], feature: FeaturePlace): FeaturePlace[] {
  if (places.length <= mostLayers) return [...places];
  const last = places.length - 1;
  const chosen = Array.from({ length: mostLayers }, (_, i) => Math.round((i * last) / (mostLayers - 1)));
  const at = places.findIndex(({ value }) => value === feature.value);
  if (!chosen.includes(at)) {
    const nearest = chosen.reduce((best, place) => (Math.abs(place - at) < Math.abs(best - at) ? place : best));
    chosen[chosen.indexOf(nearest)] = at;
  }
  return chosen.map((place) => places[place] as FeaturePlace);
}

/** Its only reader makes it the value of another layer by a norm or an activation. */
function isPreparation({ graph, logits }: Model, value: string, values: ReadonlySet<string>): boolean {
  const readers = graph.nodes.filter(({ inputs }) => inputs.includes(value));
  const [reader] = readers;
  if (value === logits || readers.length !== 1 || !reader) return false;
  return ['norm', 'activation'].includes(opOf(reader).kind) && reader.outputs.some((output) => values.has(output));
}

/** It is made of another layer's value by moving numbers alone. */
function isArranged(makers: ReadonlyMap<string, Node>, value: string, values: ReadonlySet<string>): boolean {
  for (let maker = makers.get(value); maker && isMove(maker); ) {
    const source = maker.inputs[0] as string;
    if (values.has(source)) return true;
    maker = makers.get(source);
  }
  return false;
}

function isMove({ op, attrs }: Node): boolean {
  // Zeros around a picture make all means smaller by the same factor.
  if (op === 'Pad') return attrs.mode === 'constant' && attrs.value === 0;
  return ['Identity', 'Transpose', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze'].includes(op);
}

function isCut(makers: ReadonlyMap<string, Node>, value: string): boolean {
  let maker = makers.get(value);
  while (maker && isMove(maker)) maker = makers.get(maker.inputs[0] as string);
  return maker?.op === 'Relu' || (maker?.op === 'Clip' && maker.attrs.min === 0);
}

/** A graph that computes what a checkpoint says of an image of a data set. */
export interface SetPlan {
  graph: Graph;
  logits: string;
  /** In the order of the layers: averaged over positions, [N,C] or [N,C,1,1]. */
  means: readonly string[];
}

/**
 * One forward pass with the means of some layers. They tell of dead units as well: behind a ReLU nothing is negative, and a mean is 0 only if
 * all of it is. Pools, not reductions: ONNX Runtime has them in the layout that its convolutions work in.
 */
export function planSet(model: Model, layers: readonly SetLayer[]): SetPlan {
  const asked = [model.logits, ...layers.map(({ value }) => value)];
  const { graph } = foldBatchNorm(prune(model.graph, asked), new Set(asked));
  const b = newBuilder(graph);
  const means = layers.map(({ value }) => {
    const [, , height = 1, width = 1] = b.shape(value).map(Number);
    return height * width > 1 ? b.op('GlobalAveragePool', [value], {}) : value;
  });
  const outputs = [...new Set([model.logits, ...means])];
  return { graph: check(prune(b.build(outputs), outputs), infer), logits: model.logits, means };
}
