import type { UnitMap, UnitSummary } from '../../../src/shared/unitsProtocol.ts';
import type { UnitsState } from '../state.ts';

export type ThresholdFacts = Pick<UnitSummary, 'threshold' | 'quantile' | 'above' | 'cells' | 'thresholdError' | 'images' | 'min' | 'max'>;

/** A threshold and what it was taken over: the data set, or only the pictures on screen. */
export interface Threshold {
  /** What lies above this is bright. */
  value: number;
  from: 'dataset' | 'shown';
  summary: ThresholdFacts;
}

/** The data set's threshold; where nothing is collected, that of the pictures on screen once all of them are there. */
export function thresholdOf({ unit, choices, patches }: UnitsState): Threshold | undefined {
  const { summary, maps } = unit;
  if (summary.value) return { value: visible(summary.value), from: 'dataset', summary: summary.value };
  if (summary.loading || summary.error || patches.collection.loading || maps.loading) return undefined;
  const there = maps.value?.flatMap((outcome) => (outcome && 'map' in outcome ? [outcome.map] : [])) ?? [];
  if (there.length === 0) return undefined;
  const facts = overShown(there, choices.quantile);
  return { value: visible(facts), from: 'shown', summary: facts };
}

/** More cells than the share may have the largest value of all, as behind a ReLU6: then those are meant. */
export function isTie({ above, threshold, min, max }: ThresholdFacts): boolean {
  return above === 0 && max > min && threshold >= max;
}

/** A tie's own cells lie above it; interpolated between two of them a value may be off by its rounding. */
function visible(facts: ThresholdFacts): number {
  return isTie(facts) ? facts.threshold - 1e-5 * Math.abs(facts.threshold) : facts.threshold;
}

/** The value that the share `quantile` of the maps' cells exceeds, exact: a value of one of them. */
function overShown(maps: readonly UnitMap[], quantile: number): ThresholdFacts {
  const cells = Float32Array.from(maps.flatMap(({ values }) => [...values])).sort();
  const threshold = cells[Math.max(0, cells.length - 1 - Math.floor(quantile * cells.length))] ?? 0;
  const above = cells.length - (cells.findLastIndex((value) => value <= threshold) + 1);
  const [min = 0, max = 0] = [cells[0], cells.at(-1)];
  return { threshold, quantile, above, cells: cells.length, thresholdError: 0, images: maps.length, min, max };
}
