import type { LayerCollection } from '../../dataset/collection.ts';
import { ModelError } from '../../shared/errors.ts';
import { type LayerUnits, saturatedShare, type UnitLayer, type UnitState, unitStates } from '../../shared/unitsProtocol.ts';
import { checkUnit } from './checkUnit.ts';
import { layerCollection } from './collected.ts';
import type { UnitHandler } from './handler.ts';
import { findUnitLayer } from './unitLayer.ts';

/** What the data set says of all units of a layer. */
export const layerUnits: UnitHandler<'layerUnits'> = async (services, { quantile, ...of }, { signal }) => {
  const { open, collection } = await layerCollection(services, of, signal);
  return unitsOf(collection, findUnitLayer(open, of.layer).info, checked(quantile));
};

/** Most bins that a page gets of a histogram. */
const shownBins = 64;

/** What the data set says of one unit. Throws ModelError('method') where the layer has no such unit. */
export const unitSummary: UnitHandler<'unitSummary'> = async (services, { quantile, unit, ...of }, { signal }) => {
  const { open, collection } = await layerCollection(services, of, signal);
  const { info } = findUnitLayer(open, of.layer);
  checkUnit(open, info, unit);
  const histogram = collection.histogram(unit);
  const threshold = histogram.quantile(checked(quantile));
  const [min, max, mean] = [collection.min, collection.max, collection.mean].map((list) => list[unit] as number) as [
    number,
    number,
    number,
  ];
  const { active, saturation, state } = distribution(collection, info, unit);
  return {
    layer: info.name,
    unit,
    images: collection.images.length,
    cells: histogram.total,
    min,
    max,
    mean,
    active,
    saturation,
    state,
    quantile,
    threshold: threshold.value,
    above: Math.round(histogram.countAbove(threshold.value)),
    thresholdError: threshold.error,
    histogram: histogram.linear(shownBins),
  };
};

/** The same of each unit of a layer. */
export function unitsOf(collection: LayerCollection, info: UnitLayer, quantile: number): LayerUnits {
  const { units, height, width, images, max, min, mean } = collection;
  const made = {
    active: new Float32Array(units),
    saturation: new Float32Array(units),
    threshold: new Float32Array(units),
    state: new Uint8Array(units),
  };
  for (let unit = 0; unit < units; unit++) {
    const { active, saturation, state } = distribution(collection, info, unit);
    made.active[unit] = active;
    made.saturation[unit] = saturation;
    made.state[unit] = unitStates.indexOf(state);
    made.threshold[unit] = collection.histogram(unit).quantile(quantile).value;
  }
  return { layer: info.name, images: images.length, cells: images.length * height * width, max, min, mean, ...made, quantile };
}

/** Shares of a unit's cells above the lower end and at the upper end of its activation function, and what they make of it. */
export function distribution(
  collection: LayerCollection,
  { bounds: { low, high } }: UnitLayer,
  unit: number,
): { active: number; saturation: number; state: UnitState } {
  const histogram = collection.histogram(unit);
  const { min, max, total } = histogram;
  const active = histogram.countAbove(low ?? 0) / total;
  const saturation = high === undefined ? 0 : histogram.countAtEnd(high) / total;
  const rises = low === undefined || max > low;
  // One cell alone is no sign that nothing ever changes.
  const same = min === max && total > 1;
  const state = saturation >= saturatedShare ? 'saturated' : !rises || same ? 'dead' : 'active';
  return { active, saturation, state };
}

function checked(quantile: number): number {
  if (quantile > 0 && quantile < 1) return quantile;
  throw new ModelError('method', `A quantile of ${quantile} is no share of the cells.`, {
    hint: 'Choose one between 0 and 1, such as 0.005.',
  });
}
