import { findLayer, upstreamOf } from '../../explain/layers.ts';
import { formatShape } from '../../graph/graph.ts';
import type { Layer, Model } from '../../importers/model.ts';
import { type UnitPlace, unitPlaces } from '../../inspect/unitPlaces.ts';
import { ModelError } from '../../shared/errors.ts';
import type { UnitLayer } from '../../shared/unitsProtocol.ts';
import type { OpenModel } from '../models.ts';

/** The layers of a model that have units, in order of depth: between the image and the logits, these included. */
export function unitLayersOf(open: OpenModel): readonly UnitLayer[] {
  return unitPlaces(open.model).map(({ info }) => info);
}

/** The layer at which the page begins: where Grad-CAM does, else the last. Throws ModelError('method') where no layer has units. */
export function defaultUnitLayer(open: OpenModel): string {
  const all = unitPlaces(open.model);
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
  const place = unitPlaces(model).find(({ info }) => info.name === layer.name);
  if (place) return place;
  throw new ModelError('method', `Layer '${layer.name}' of ${open.name} has no units: ${whyNot(model, layer)}.`, {
    file: model.file,
    where: layer.name,
    hint: `Choose a layer between the input and the logits, such as '${defaultUnitLayer(open)}'.`,
  });
}

function whyNot(model: Model, layer: Layer): string {
  if (layer.value === model.input.value) return 'it is the image';
  if (!upstreamOf(model, model.logits).has(layer.value)) return 'the logits do not depend on it';
  return `its output ${formatShape(layer.shape)} is neither a picture [N,C,H,W] nor a vector [N,C]`;
}
