import type { UnitLayer } from '../../src/shared/unitsProtocol.ts';
import type { UnitsState } from './state.ts';

/** `empty`: no model is chosen. `ready`: the layers are known; each view tells by itself how far it is. */
export type Phase = 'loading' | 'empty' | 'error' | 'ready';

export function phase({ subject, units, failure }: UnitsState): Phase {
  if (failure) return 'error';
  if (subject && subject.modelName === undefined) return 'empty';
  return units ? 'ready' : 'loading';
}

/** The layer on show: the chosen one where the model has it, else the model's default. */
export function currentLayer({ units, choices }: UnitsState): UnitLayer | undefined {
  if (!units) return undefined;
  const named = (name: string | undefined) => units.layers.find((layer) => layer.name === name);
  return named(choices.layer) ?? named(units.defaultLayer) ?? units.layers[0];
}

/** The unit whose page is open. */
export function currentUnit(state: UnitsState): number | undefined {
  const { unit } = state.choices;
  const layer = currentLayer(state);
  return unit !== undefined && layer && unit < layer.units ? unit : undefined;
}
