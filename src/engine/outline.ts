import { inputLayer } from '../explain/layers.ts';
import type { Layer, Model } from '../importers/model.ts';
import { multiplyAdds } from '../ops/multiplyAdds.ts';
import type { LayerInfo, ModelOutline, OutlineLayer } from '../shared/protocol.ts';
import { receptiveBoxes } from '../transform/receptiveBoxes.ts';

/** A model as a thing to look at: what each layer reads, computes and sees. `infos` are those of the model's layers, `units` names those that have units. */
export function outlineOf(model: Model, infos: readonly LayerInfo[], units: ReadonlySet<string>): Omit<ModelOutline, 'model'> {
  const { layers, graph, input } = model;
  const work = workOf(model);
  const inputs = inputsOf(model);
  const boxes = receptiveBoxes(graph, input.value);
  const outlined = layers.map((layer, i): OutlineLayer => {
    return {
      ...(infos[i] as LayerInfo),
      inputs: inputs[i] as string[],
      multiplyAdds: work[i] as number,
      receptiveField: layer.value === input.value ? undefined : boxes.size(layer.value),
      units: units.has(layer.name),
      place: layer.place,
    };
  });
  return {
    ...(model.producer !== undefined && { producer: model.producer }),
    layers: outlined,
    parameters: parametersOf(layers),
    multiplyAdds: work.reduce((sum, n) => sum + n, 0),
  };
}

/** Weights of all layers; those of a layer that is called more than once are counted once. */
function parametersOf(layers: readonly Layer[]): number {
  const once = new Map(layers.map(({ place, name, parameters }) => [place.pointer ?? place.node ?? name, parameters]));
  return [...once.values()].reduce((sum, n) => sum + n, 0);
}

/**
 * Multiply-adds of each layer: of its own nodes and of those before it that are no layer's. What lies behind the last layer
 * is the last one's, so that the sum is the graph's.
 */
function workOf({ graph, layers }: Model): number[] {
  const work = layers.map(() => 0);
  const own = firstByValue(layers);
  const owner = new Map(own);
  for (const node of graph.nodes.toReversed()) {
    const owners = node.outputs.map((output) => owner.get(output)).filter((i) => i !== undefined);
    const at = owners.length > 0 ? Math.min(...owners) : layers.length - 1;
    if (at >= 0) work[at] = (work[at] as number) + multiplyAdds(graph, node);
    for (const input of node.inputs) if (!own.has(input)) owner.set(input, Math.min(at, owner.get(input) ?? at));
  }
  return work;
}

/** Bound of the layers that one value is said to be made of. */
const mostSources = 256;

/** Names of the layers that each layer reads, nearest first. */
function inputsOf({ graph, layers, input }: Model): string[][] {
  const first = firstByValue(layers);
  const ends = (value: string) => first.has(value) || value === input.value;
  // By value: the layers' values and the input it is made of, through values that are no layer's.
  const sources = new Map<string, readonly string[]>();
  for (const node of graph.nodes) {
    const lists = node.inputs.map((value) => (ends(value) ? [value] : (sources.get(value) ?? []))).filter((list) => list.length > 0);
    const made = lists.length === 1 ? (lists[0] as readonly string[]) : [...new Set(lists.flat())].slice(0, mostSources);
    for (const output of node.outputs) sources.set(output, made);
  }
  // Layers that compute nothing (dropout) put out the value they read: the last of them so far is the one that is read.
  const latest = new Map<string, number>();
  return layers.map(({ value }, i) => {
    const same = latest.get(value);
    const read = same !== undefined ? [same] : (sources.get(value) ?? []).map((source) => latest.get(source) ?? first.get(source) ?? -1);
    latest.set(value, i);
    return [...new Set(read)].sort((a, b) => b - a).map((at) => layers[at]?.name ?? inputLayer);
  });
}

/** For every value that is a layer's the first layer that puts it out. */
function firstByValue(layers: readonly Layer[]): ReadonlyMap<string, number> {
  return new Map(layers.map(({ value }, i): [string, number] => [value, i]).toReversed());
}
