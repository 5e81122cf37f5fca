import { countText, layerText, pairText, shapeText } from '../../shared/layerText.ts';
import type { ModelOutline, OutlineLayer } from '../../shared/protocol.ts';
import type { GroupNode, LayerNode, ModelNode } from './tree.ts';

/** Beside the label, one line. */
export function descriptionOf(node: ModelNode | GroupNode | LayerNode): string {
  if (node.type === 'layer') return layerText(node.info);
  if (node.type === 'model') return modelDescription(node.outline);
  const { parameters, multiplyAdds } = totals(node.layers);
  return [
    plural(node.layers.length, 'layer'),
    parameters > 0 && countText(parameters),
    multiplyAdds > 0 && `${countText(multiplyAdds)} MACs`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function modelDescription({ model, layers, parameters, multiplyAdds }: ModelOutline): string {
  const { channels, height, width } = model.input;
  const facts = [
    model.format,
    `${shapeText([channels, height, width])} → ${plural(model.classes, 'class', 'classes')}`,
    plural(layers.length, 'layer'),
    `${countText(parameters)} parameters`,
    `${countText(multiplyAdds)} MACs`,
  ];
  return facts.join(' · ');
}

/** Label and text of each line of a tooltip. */
export type Facts = readonly (readonly [what: string, text: string])[];

export function layerFacts(layer: OutlineLayer, { parameters, multiplyAdds }: ModelOutline): Facts {
  const { kind, shape, spatial, receptiveField, inputs, place } = layer;
  const field = receptiveField
    ? `${receptiveField.size.join(' × ')} pixels, stride ${pairText(receptiveField.stride)}`
    : spatial
      ? 'the whole image, or no one window of it'
      : undefined;
  return known([
    ['Kind', kind],
    ['Output', shape.join(' × ')],
    ['Parameters', partOf(layer.parameters, parameters)],
    ['Multiply-adds', partOf(layer.multiplyAdds, multiplyAdds)],
    ['Receptive field', field],
    ['Reads', listed(inputs)],
    ['In the file', place.pointer ?? place.node],
  ]);
}

export function groupFacts({ layers }: GroupNode, outline: ModelOutline): Facts {
  const sums = totals(layers);
  return known([
    ['Layers', String(layers.length)],
    ['Output', layers.at(-1)?.shape.join(' × ')],
    ['Parameters', partOf(sums.parameters, outline.parameters)],
    ['Multiply-adds', partOf(sums.multiplyAdds, outline.multiplyAdds)],
  ]);
}

export function modelFacts({ model, layers, parameters, multiplyAdds }: ModelOutline): Facts {
  const { input } = model;
  return known([
    ['Format', model.format],
    ['Input', `${input.name}: ${input.channels} × ${input.height} × ${input.width} (${input.layout} in the file)`],
    [
      'Output',
      `${model.output}: ${plural(model.classes, 'class', 'classes')}, ${model.activation === 'none' ? 'logits' : model.activation}`,
    ],
    ['Class names', model.labels ? `from ${model.labelsFrom}` : 'unknown'],
    ['Preprocessing', model.preprocessing ? `from ${model.preprocessingFrom}` : 'unknown'],
    ['Layers', String(layers.length)],
    ['Parameters', whole(parameters)],
    ['Multiply-adds', countText(multiplyAdds)],
    ['File', model.path],
  ]);
}

/** A layer as text to paste: its name, then the same facts. */
export function summaryOf(name: string, facts: Facts): string {
  return [name, ...facts.map(([what, text]) => `${what}: ${text}`)].join('\n');
}

/** Weights and multiply-adds of several layers; weights of a layer that is called more than once count once. */
export function totals(layers: readonly OutlineLayer[]): { parameters: number; multiplyAdds: number } {
  const once = new Map(layers.map(({ place, name, parameters }) => [place.pointer ?? place.node ?? name, parameters]));
  return {
    parameters: [...once.values()].reduce((sum, n) => sum + n, 0),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
  };
}

function known(facts: readonly (readonly [string, string | undefined])[]): Facts {
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '');
}

function partOf(count: number, all: number): string | undefined {
  if (count === 0) return undefined;
  const share = (100 * count) / all;
  return `${whole(count)} (${share < 0.1 ? '< 0.1' : share.toFixed(1)} % of the model)`;
}

function whole(count: number): string {
  return count.toLocaleString('en');
}

/** Concatenations read dozens of layers. */
const mostListed = 4;

function listed(names: readonly string[]): string {
  const more = names.length - mostListed;
  return [...names.slice(0, mostListed), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
