import { layerAt, upstreamOf } from '../explain/layers.ts';
import { producers, typeOf } from '../graph/graph.ts';
import type { Model } from '../importers/model.ts';
import type { UnitLayer } from '../shared/unitsProtocol.ts';
import { pictures } from '../transform/pictures.ts';
import { receptiveBoxes } from '../transform/receptiveBoxes.ts';
import { boundsOf } from './bounds.ts';
import { filterBank } from './filters.ts';

/** A layer that has units, and the value [N,C,H,W] or [N,C] they are in. */
export interface UnitPlace {
  info: UnitLayer;
  value: string;
}

const placesOf = new WeakMap<Model, readonly UnitPlace[]>();

/** The layers of a model that have units, in order of depth: between the image and the logits, these included. */
export function unitPlaces(model: Model): readonly UnitPlace[] {
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
