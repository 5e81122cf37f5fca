import { findLayer, layerAt, upstreamOf } from '../../explain/layers.ts';
import { formatShape, producers, typeOf } from '../../graph/graph.ts';
import type { Layer, Model } from '../../importers/model.ts';
import { boundsOf } from '../../inspect/bounds.ts';
import { filterBank } from '../../inspect/filters.ts';
import { ModelError } from '../../shared/errors.ts';
import type { UnitLayer } from '../../shared/unitsProtocol.ts';
import { pictures } from '../../transform/pictures.ts';
import { receptiveBoxes } from '../../transform/receptiveBoxes.ts';
import type { OpenModel } from '../models.ts';

/** A layer that has units, and the value [N,C,H,W] or [N,C] they are in. */
export interface UnitPlace {
  info: UnitLayer;
  value: string;
}

const placesOf = new WeakMap<Model, readonly UnitPlace[]>();

/** The layers of a model that have units, in order of depth: between the image and the logits, these included. */
export function unitLayersOf(open: OpenModel): readonly UnitLayer[] {
  return places(open.model).map(({ info }) => info);
}

/** The layer at which the page begins: where Grad-CAM does, else the last. Throws ModelError('method') where no layer has units. */
export function defaultUnitLayer(open: OpenModel): string {
  const all = places(open.model);
  const chosen = all.find(({ info }) => info.name === open.defaultLayer) ?? all.at(-1);
  if (chosen) return chosen.info.name;
  throw new ModelError('method', `${open.name} has no layer between its input and its logits whose output is a picture or a vector.`, {
    file: open.model.file,
    hint: 'Choose another model: units are the channels of a picture [C,H,W] or the numbers of a vector [C].',
  });
}

/** A layer by its name or one of its aliases. Throws ModelError('method') naming it where there is none or it has no units. */
export function findUnitLayer(open: OpenModel, name: string): UnitPlace {
  const { model } = open;
  const layer = findLayer({ name: open.name, file: model.file, layers: model.layers }, name);
  const place = places(model).find(({ info }) => info.name === layer.name);
  if (place) return place;
  throw new ModelError('method', `Layer '${layer.name}' of ${open.name} has no units: ${whyNot(model, layer)}.`, {
    file: model.file,
    where: layer.name,
    hint: `Choose a layer between the input and the logits, such as '${defaultUnitLayer(open)}'.`,
  });
}

function places(model: Model): readonly UnitPlace[] {
  const known = placesOf.get(model);
  if (known) return known;
  const upstream = upstreamOf(model, model.logits);
  const picture = pictures(model.graph, model.input.value);
  const makers = producers(model.graph);
  const boxes = receptiveBoxes(model.graph, model.input.value);
  // A final softmax may be a part of the layer: its units are the logits.
  const last = layerAt(model, model.logits);
  const found = model.layers.flatMap((layer): UnitPlace[] => {
    const fused = layer === last && !model.dense && !upstream.has(layer.value);
    const value = fused ? model.logits : layer.value;
    const { shape, dtype } = typeOf(model.graph, value);
    const [, units, height = 1, width = 1] = shape.map(Number) as [number, number, number?, number?];
    const hasUnits = shape.length === 2 || (shape.length === 4 && picture.has(value));
    if (!hasUnits || dtype !== 'float32' || !upstream.has(value) || value === model.input.value) return [];
    const info: UnitLayer = {
      name: layer.name,
      kind: layer.kind,
      units,
      height,
      width,
      receptiveField: boxes.size(value),
      filters: filterBank(model, layer.name, value, makers)?.info,
      bounds: boundsOf(model.graph, value, makers),
    };
    return [{ info, value }];
  });
  placesOf.set(model, found);
  return found;
}

function whyNot(model: Model, layer: Layer): string {
  if (layer.value === model.input.value) return 'it is the image';
  if (!upstreamOf(model, model.logits).has(layer.value)) return 'the logits do not depend on it';
  return `its output ${formatShape(layer.shape)} is neither a picture [N,C,H,W] nor a vector [N,C]`;
}
