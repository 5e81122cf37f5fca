import type { LayerUnits, UnitLayer, UnitWall } from '../../../src/shared/unitsProtocol.ts';
import { currentLayer } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import type { ActivationOrder } from './choices.ts';

/** Whether the wall is of another picture or layer than the one asked for. */
export function isStale(state: UnitsState): boolean {
  const { value, loading } = state.activations.wall;
  if (!value) return false;
  return loading || value.image.path !== state.subject?.image?.path || value.layer !== currentLayer(state)?.name;
}

/** The wall with the layer that it is of; undefined: none, or the layer is gone. */
export function wallOf({ activations, units }: UnitsState): { wall: UnitWall; layer: UnitLayer } | undefined {
  const wall = activations.wall.value;
  const layer = units?.layers.find(({ name }) => name === wall?.layer);
  return wall && layer && layer.units === wall.max.length ? { wall, layer } : undefined;
}

/** The numbers of the data set, where they are of this wall's layer. */
export function datasetUnits({ activations }: UnitsState, wall: UnitWall): LayerUnits | undefined {
  const units = activations.units.value;
  return units?.layer === wall.layer ? units : undefined;
}

/** The order that can be had: how unusual a value is only the data set tells. */
export function currentOrder(state: UnitsState, wall: UnitWall): ActivationOrder {
  const { order } = state.choices.activations;
  return order === 'unusual' && !datasetUnits(state, wall) ? 'max' : order;
}

/** Largest value in multiples of the unit's threshold. Infinite where the data set never exceeds 0 but this picture does. */
export function unusual(wall: UnitWall, { threshold }: LayerUnits, unit: number): number {
  const max = wall.max[unit] ?? 0;
  const t = threshold[unit] ?? 0;
  if (t > 0) return max / t;
  return max > t ? Number.POSITIVE_INFINITY : 0;
}

let sorted: { wall: UnitWall; units: LayerUnits | undefined; order: ActivationOrder; places: Uint32Array } | undefined;

/** The unit at each place of the wall, largest first; equal ones by number. */
export function unitsInOrder(state: UnitsState, wall: UnitWall): Uint32Array {
  const order = currentOrder(state, wall);
  const units = datasetUnits(state, wall);
  if (sorted?.wall === wall && sorted.units === units && sorted.order === order) return sorted.places;
  const places = Uint32Array.from({ length: wall.max.length }, (_, unit) => unit);
  const keys = keysOf(wall, units, order);
  // No difference: two infinite ones have none.
  if (keys) places.sort((a, b) => ((keys[a] ?? 0) < (keys[b] ?? 0) ? 1 : (keys[a] ?? 0) > (keys[b] ?? 0) ? -1 : a - b));
  sorted = { wall, units, order, places };
  return places;
}

function keysOf(wall: UnitWall, units: LayerUnits | undefined, order: ActivationOrder): Float32Array | undefined {
  if (order === 'max') return wall.max;
  if (order === 'mean') return wall.mean;
  return order === 'unusual' && units ? wall.max.map((_, unit) => unusual(wall, units, unit)) : undefined;
}

/** Whether no cell of the unit rises above the lower end of its activation function, or all are 0. */
export function isSilent({ max, mean }: UnitWall, { bounds }: UnitLayer, unit: number): boolean {
  const largest = max[unit] ?? 0;
  return (bounds.low !== undefined && largest <= bounds.low) || (largest === 0 && mean[unit] === 0);
}

export function countSilent(wall: UnitWall, layer: UnitLayer): number {
  return wall.max.reduce((sum, _, unit) => sum + (isSilent(wall, layer, unit) ? 1 : 0), 0);
}

/** [height,width] of one unit, a view. */
export function mapOf({ maps, height, width }: UnitWall, unit: number): Float32Array {
  return maps.subarray(unit * height * width, (unit + 1) * height * width);
}

/** A vector has no places: its numbers are drawn as plain colours. */
export function isVector({ height, width }: Pick<UnitLayer, 'height' | 'width'>): boolean {
  return height * width === 1;
}
