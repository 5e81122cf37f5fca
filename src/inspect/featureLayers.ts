import { findLayer, upstreamOf } from '../explain/layers.ts';
import { type Graph, type Node, producers, typeOf } from '../graph/graph.ts';
import type { Model } from '../importers/model.ts';
import { opOf } from '../ops/index.ts';
import { ModelError } from '../shared/errors.ts';
import type { FeatureLayer } from '../shared/spaceProtocol.ts';
import { unitPlaces } from './unitPlaces.ts';

/** A layer with features, and the value [N,C,H,W], averaged over positions, or [N,C] that they are read from. */
export interface FeaturePlace {
  layer: FeatureLayer;
  value: string;
}

const placesOf = new WeakMap<Model, readonly FeaturePlace[]>();

/** The layers of a model whose output is a vector of features: those that have units. In order of depth. */
export function featurePlaces(model: Model): readonly FeaturePlace[] {
  const known = placesOf.get(model);
  if (known) return known;
  const found = unitPlaces(model).map(({ info: { name, kind, units, height, width }, value }): FeaturePlace => {
    const averaged = height * width > 1 ? ([height, width] as const) : undefined;
    return { layer: { name, kind, dimensions: units, averaged }, value };
  });
  placesOf.set(model, found);
  return found;
}

/**
 * The automatic layer: the input of the last linear layer on the way to the logits, so that distances between features are what the
 * network tells classes by. Of layers with the same numbers (a flatten, a dropout) the first: the one that computes them. Where nothing
 * linear is met, the last layer before the logits. Throws ModelError('method') where no layer has features.
 */
export function defaultFeatures(model: Model): FeaturePlace {
  const all = featurePlaces(model);
  const read = lastLinearInput(model);
  const chosen = read === undefined ? undefined : firstOfSame(model, read, all);
  const before = all.filter(({ value }) => value !== model.logits);
  const place = chosen ?? before.at(-1) ?? all.at(-1);
  if (place) return place;
  throw new ModelError('method', `${model.file} has no layer between its input and its logits whose output is a picture or a vector.`, {
    file: model.file,
    hint: 'Choose another model: features are the numbers of a vector [C], or the means of the channels of a picture [C,H,W].',
  });
}

/** A layer by its name or one of its aliases; undefined: the automatic one. Throws ModelError('method') naming it. */
export function findFeatures(model: Model, name: string | undefined): FeaturePlace {
  if (name === undefined) return defaultFeatures(model);
  const layer = findLayer(model, name);
  const place = featurePlaces(model).find((p) => p.layer.name === layer.name);
  if (place) return place;
  throw new ModelError(
    'method',
    `Layer '${layer.name}' of ${model.file} has no features: its output is no picture and no vector on the way to the logits.`,
    {
      file: model.file,
      where: layer.name,
      hint: `Choose another layer, such as '${defaultFeatures(model).layer.name}'.`,
    },
  );
}

/** What the last convolution or dense layer before the logits reads; undefined where there is none or the way to it branches. */
function lastLinearInput({ graph, input, logits }: Model): string | undefined {
  const makers = producers(graph);
  const computed = dependents(graph, input.value);
  for (let value = logits; ; ) {
    const node = makers.get(value);
    if (!node) return undefined;
    const sources = [...new Set(node.inputs.filter((i) => computed.has(i)))];
    const [source] = sources;
    if (source === undefined || sources.length > 1) return undefined;
    if (opOf(node).kind === 'linear') return source;
    value = source;
  }
}

/** Values that depend on another one, that included. */
function dependents({ nodes }: Graph, value: string): Set<string> {
  const found = new Set([value]);
  for (const { inputs, outputs } of nodes) if (inputs.some((i) => found.has(i))) for (const output of outputs) found.add(output);
  return found;
}

/** The first layer that puts out the numbers of a value, else the last one on the way to it. */
function firstOfSame(model: Model, value: string, all: readonly FeaturePlace[]): FeaturePlace | undefined {
  const makers = producers(model.graph);
  let found: FeaturePlace | undefined;
  for (let at: string | undefined = value; at !== undefined; at = sameNumbers(model.graph, makers.get(at))) {
    found = all.find((place) => place.value === at) ?? found;
  }
  if (found) return found;
  const upstream = upstreamOf(model, value);
  return all.findLast((place) => upstream.has(place.value));
}

/** The input of a node that does no more than arrange one number a feature, or nothing at all: dropout is nothing here. */
function sameNumbers(graph: Graph, node: Node | undefined): string | undefined {
  const source = node?.inputs[0];
  if (node === undefined || source === undefined) return undefined;
  if (node.op === 'Identity' || node.op === 'Transpose') return source;
  // Zeros around a picture make the means of its channels smaller, all by the same factor.
  if (node.op === 'Pad') return node.attrs.mode === 'constant' && node.attrs.value === 0 ? source : undefined;
  const [from, to] = [source, node.outputs[0] as string].map((value) =>
    typeOf(graph, value)
      .shape.slice(1)
      .filter((size) => size !== 1),
  );
  return ['Flatten', 'Reshape', 'Squeeze', 'Unsqueeze'].includes(node.op) && from?.length === 1 && from[0] === to?.[0] ? source : undefined;
}
