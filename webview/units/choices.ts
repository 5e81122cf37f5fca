import { defaultQuantile, type UnitsSubject, type UnitsView, unitsViews } from '../../src/shared/unitsProtocol.ts';
import type { ActivationsChoices } from './activations/choices.ts';
import { restoreActivations } from './activations/choices.ts';
import type { FiltersChoices } from './filters/choices.ts';
import { restoreFilters } from './filters/choices.ts';
import type { PatchesChoices } from './patches/choices.ts';
import { restorePatches } from './patches/choices.ts';
import { restoreUnit, type UnitChoices } from './unit/choices.ts';
import type { VisualiseChoices } from './visualise/choices.ts';
import { restoreVisualise } from './visualise/choices.ts';

/** What the person set; survives hiding and reload. No data. */
export interface Choices {
  view: UnitsView;
  /** Undefined: the model's default layer. */
  layer?: string;
  /** The unit whose own page is open. */
  unit?: number;
  /** Share of all cells above a unit's threshold. */
  quantile: number;
  activations: ActivationsChoices;
  patches: PatchesChoices;
  unitPage: UnitChoices;
  filters: FiltersChoices;
  visualise: VisualiseChoices;
}

export interface Saved {
  subject: UnitsSubject | undefined;
  choices: Choices;
}

/** Kept state may be of an older version of this page: anything unexpected is left out. */
export function restore(value: unknown): Saved {
  const { subject, choices } = record(value);
  const kept = record(choices);
  const { layer, unit, quantile } = kept;
  return {
    subject: Object.keys(record(subject)).length > 0 ? (subject as UnitsSubject) : undefined,
    choices: {
      view: unitsViews.find((view) => view === kept.view) ?? 'activations',
      ...(typeof layer === 'string' && { layer }),
      ...(Number.isInteger(unit) && { unit: unit as number }),
      quantile: typeof quantile === 'number' && quantile > 0 && quantile < 1 ? quantile : defaultQuantile,
      activations: restoreActivations(record(kept.activations)),
      patches: restorePatches(record(kept.patches)),
      unitPage: restoreUnit(record(kept.unitPage)),
      filters: restoreFilters(record(kept.filters)),
      visualise: restoreVisualise(record(kept.visualise)),
    },
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
