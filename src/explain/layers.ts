import { producers } from '../graph/graph.ts';
import type { Layer, Model } from '../importers/model.ts';
import { opOf } from '../ops/index.ts';
import { ModelError } from '../shared/errors.ts';
import { pictures } from '../transform/pictures.ts';

/** Name under which the network's input stands among the layers. */
export const inputLayer = 'input';

const spatialOf = new WeakMap<Model, Layer[]>();

/** Layers at which a map can be drawn, in order of depth: pictures [C,H,W] of more than one cell, between input and logits. */
export function spatialLayers(model: Model): Layer[] {
  const known = spatialOf.get(model);
  if (known) return known;
  const upstream = upstreamOf(model, model.logits);
  const picture = pictures(model.graph, model.input.value);
  const found = model.layers.filter(
    (layer) => isSpatial(layer) && picture.has(layer.value) && upstream.has(layer.value) && layer.value !== model.input.value,
  );
  spatialOf.set(model, found);
  return found;
}

export function isSpatial(layer: Layer): boolean {
  const [, , height, width] = layer.shape;
  return layer.shape.length === 4 && Number(height) * Number(width) > 1;
}

/**
 * Where Grad-CAM starts: the last spatial layer that computes something, so no pool, reshape or dropout. A layer that
 * already has one channel per class is the answer, not a feature: the one before it is taken where there is one.
 */
export function defaultLayer(model: Model): Layer {
  const makers = producers(model.graph);
  const computes = (layer: Layer) => {
    const maker = makers.get(layer.value);
    // A channels-last layer is looked at through a Transpose.
    const node = maker?.op === 'Transpose' && layer.kind !== 'Transpose' ? makers.get(maker.inputs[0] as string) : maker;
    // Rounding is no feature of its own: what it rounds is.
    if (layer.kind === 'QuantizeLinear') return false;
    return node !== undefined && (node.op === 'Concat' || !['pool-max', 'pool-mean', 'shape'].includes(opOf(node).kind));
  };
  const candidates = spatialLayers(model).filter(computes);
  const features = candidates.filter((layer) => layer.shape[1] !== model.classes);
  const chosen = features.at(-1) ?? candidates.at(-1);
  if (!chosen) {
    throw new ModelError('method', `${model.file} has no layer with a spatial output between its input and its logits.`, {
      file: model.file,
      hint: 'Use a method that works on the input, such as saliency or occlusion.',
    });
  }
  return chosen;
}

interface Named {
  name: string;
  aliases: readonly string[];
}

/** A layer by its name or one of its aliases. Throws ModelError('method') with the names that are like it. */
export function findLayer<L extends Named>(model: { name?: string; file: string; layers: readonly L[] }, name: string): L {
  const { file, layers } = model;
  const layer = layers.find((l) => l.name === name) ?? layers.find((l) => l.aliases.includes(name));
  if (layer) return layer;
  const close = layers.filter((l) => l.name.toLowerCase().includes(name.toLowerCase())).slice(0, 5);
  throw new ModelError('method', `${model.name ?? file} has no layer '${name}'.`, {
    file,
    where: name,
    hint: close.length > 0 ? `Did you mean ${close.map((l) => `'${l.name}'`).join(', ')}?` : 'List the layers with: glassbox layers MODEL',
  });
}

/** The layer a graph value belongs to: the one that puts it out, or on the way to whose output it lies. Undefined behind the last. */
export function layerAt(model: Model, value: string): Layer | undefined {
  const byValue = new Map(model.layers.map((layer) => [layer.value, layer]));
  const values = model.graph.nodes.flatMap((node) => node.outputs);
  const at = values.indexOf(value);
  return at < 0
    ? byValue.get(value)
    : values
        .slice(at)
        .map((v) => byValue.get(v))
        .find((layer) => layer !== undefined);
}

/** Values that `value` depends on, itself included. */
export function upstreamOf(model: Model, value: string): Set<string> {
  const needed = new Set([value]);
  for (const node of model.graph.nodes.toReversed()) {
    if (node.outputs.some((o) => needed.has(o))) for (const input of node.inputs) needed.add(input);
  }
  return needed;
}
