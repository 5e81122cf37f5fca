import type { ErrorRecord } from '../../src/shared/errors.ts';
import type { ModelInfo } from '../../src/shared/protocol.ts';
import type { UnitLayer, UnitsSubject, VisualiserInfo } from '../../src/shared/unitsProtocol.ts';
import { type ActivationsState, noActivations } from './activations/state.ts';
import type { Choices } from './choices.ts';
import { type FiltersState, noFilters } from './filters/state.ts';
import { noPatches, type PatchesState } from './patches/state.ts';
import { noUnit, type UnitState } from './unit/state.ts';
import { noVisualise, type VisualiseState } from './visualise/state.ts';

/** The model as this page knows it. */
export interface ModelUnits {
  model: ModelInfo;
  layers: readonly UnitLayer[];
  defaultLayer: string;
}

export interface UnitsState {
  subject: UnitsSubject | undefined;
  visualisers: readonly VisualiserInfo[];
  choices: Choices;
  units: ModelUnits | undefined;
  /** Why there is nothing to show. */
  failure: ErrorRecord | undefined;
  /** Last thing worth saying that is no error. */
  notice: string | undefined;
  activations: ActivationsState;
  patches: PatchesState;
  unit: UnitState;
  filters: FiltersState;
  visualise: VisualiseState;
}

export function initialState(choices: Choices): UnitsState {
  return { subject: undefined, visualisers: [], choices, ...nothingYet() };
}

/** What every new subject starts with. */
export function nothingYet() {
  return {
    units: undefined,
    failure: undefined,
    notice: undefined,
    activations: noActivations,
    patches: noPatches,
    unit: noUnit,
    filters: noFilters,
    visualise: noVisualise,
  };
}
