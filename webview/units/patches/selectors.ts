import type { CollectedLayer, LayerUnits, UnitState } from '../../../src/shared/unitsProtocol.ts';
import { unitStates } from '../../../src/shared/unitsProtocol.ts';
import { currentLayer, currentUnit } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import type { Order } from './choices.ts';

/** Patches shown of a unit before all are asked for. */
export const best = 9;

/** A data set of so many images at most is gone over without a word. */
const few = 200;

/** What is collected of the layer on show; undefined: nothing, or not known yet. */
export function collectedLayer(state: UnitsState): CollectedLayer | undefined {
  const layer = currentLayer(state);
  const found = state.patches.collection.value?.layers.find(({ layer: name }) => name === layer?.name);
  return found && found.images > 0 ? found : undefined;
}

/** Another one whenever other images are collected: answers about the collection are of one stamp. Undefined: nothing is collected. */
export function stampOf(state: UnitsState): string | undefined {
  const collected = collectedLayer(state);
  return collected && `${state.patches.runs} ${collected.images}`;
}

/** Whether what is collected is on screen: in the wall of patches or on a unit's own page. */
export function showsCollected(state: UnitsState): boolean {
  return state.choices.view === 'patches' || currentUnit(state) !== undefined;
}

/** Whether the page goes over the images of its own accord. */
export function startsByItself(state: UnitsState): boolean {
  const { subject, patches } = state;
  const images = subject?.dataset?.images.length ?? 0;
  if (!showsCollected(state) || images === 0 || images > few) return false;
  if (patches.collecting || patches.stopped || patches.collectFailure || patches.forgetting !== 'no') return false;
  if (patches.collection.loading) return false;
  return patches.collection.value !== undefined && !collectedLayer(state) && patches.collection.value.missing > 0;
}

export function stateOf({ state }: LayerUnits, unit: number): UnitState {
  return unitStates[state[unit] ?? 0] ?? 'active';
}

export function isDead(units: LayerUnits | undefined, unit: number): boolean {
  return units !== undefined && stateOf(units, unit) === 'dead';
}

export function count({ state }: LayerUnits, which: UnitState): number {
  return state.reduce((sum, each) => sum + (unitStates[each] === which ? 1 : 0), 0);
}

const keys: Readonly<Record<Order, (units: LayerUnits, unit: number) => number>> = {
  max: ({ max }, unit) => max[unit] ?? 0,
  active: ({ active }, unit) => active[unit] ?? 0,
  unit: (_, unit) => -unit,
  silent: (units, unit) => ({ dead: 2, saturated: 1, active: 0 })[stateOf(units, unit)],
};

/** Units of a layer in the chosen order, of the chosen state; equal ones by number. */
function unitsInOrder(units: LayerUnits, order: Order, only: UnitState | undefined): number[] {
  const key = (unit: number) => keys[order](units, unit);
  return Array.from(units.state.keys())
    .filter((unit) => only === undefined || stateOf(units, unit) === only)
    .sort((a, b) => key(b) - key(a) || a - b);
}

/** Units of the wall from top to bottom; none before the data set's numbers are known. */
export function wallUnits({ choices, patches }: UnitsState): number[] {
  const { order, only } = choices.patches;
  return patches.ordered ? unitsInOrder(patches.ordered, order, only) : [];
}
