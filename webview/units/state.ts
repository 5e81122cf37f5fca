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
  warningsHidden: boolean;
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

/**
 * What every new subject starts with. `before`: the page as it was, where the new one has the same model: its layers stay until they are
 * read anew, and everything has the place on screen that it had.
 */
export function nothingYet(before?: UnitsState) {
  return {
    units: before?.units,
    failure: undefined,
    warningsHidden: before?.warningsHidden ?? false,
    notice: undefined,
    activations: before?.activations ?? noActivations,
    patches: before ? { ...noPatches, inView: before.patches.inView } : noPatches,
    unit: noUnit,
    filters: before ? { ...noFilters, width: before.filters.width, inView: before.filters.inView } : noFilters,
    visualise: before?.visualise ?? noVisualise,
  };
}
