import type { UnitSummary } from '../../../src/shared/unitsProtocol.ts';
import { number } from '../../draw/format.ts';
import { isTie, type ThresholdFacts } from './threshold.ts';

/** Fewer cells above a threshold than this say nothing: 0.5 % of 50 images at 7 × 7 are 12. */
const few = 12;

type Known = Pick<UnitSummary, 'threshold' | 'quantile' | 'above' | 'cells' | 'thresholdError'>;

/** The threshold, how it is meant and what lies above it. */
export function thresholdText({ threshold, quantile, above, cells, thresholdError }: Known): string {
  const exact = thresholdError > 0 ? ` ± ${number(thresholdError)}` : '';
  return `Threshold ${number(threshold)}${exact}: the top ${shareText(quantile)} of ${count(cells)} cells, ${count(above)} lie above it.`;
}

/** Where too few cells were seen for the threshold to mean anything. */
export function doubt(facts: ThresholdFacts): string | undefined {
  const { quantile, cells, above } = facts;
  if (isTie(facts)) return 'More cells than that have the largest value there is: those are the bright ones.';
  if (quantile * cells < few)
    return `That is too few to mean much: ${few} cells at least should lie above it. Take more pictures or a larger share.`;
  return above === 0 ? 'No cell lies above it: the unit has the same value in too many cells.' : undefined;
}

/** 0.005 → `0.5 %`. */
export function shareText(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** 25088 → `25 088`. */
function count(value: number): string {
  return Math.round(value).toLocaleString('en').replaceAll(',', '\u202f');
}
