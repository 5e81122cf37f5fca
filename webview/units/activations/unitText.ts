import type { UnitLayer, UnitWall } from '../../../src/shared/unitsProtocol.ts';
import { number, percent } from '../../draw/format.ts';
import type { UnitsState } from '../state.ts';
import { datasetUnits, isSilent, unusual } from './selectors.ts';

/** Three digits: what fits under a small map. */
export function short(value: number): string {
  return number(Number(value.toPrecision(3)));
}

/** `max 5.21 · mean 0.313 · 2.1 × the threshold that 0.5 % of all cells exceed` */
export function unitText(state: UnitsState, wall: UnitWall, layer: UnitLayer, unit: number): string {
  const max = wall.max[unit] ?? 0;
  if (layer.height * layer.width === 1) return [number(max), unusualText(state, wall, unit)].filter(Boolean).join(' · ');
  const facts = [`max ${number(max)}`, `mean ${number(wall.mean[unit] ?? 0)}`];
  if (isSilent(wall, layer, unit))
    return [`silent on this picture (${facts.join(', ')})`, unusualText(state, wall, unit)].filter(Boolean).join(' · ');
  return [...facts, unusualText(state, wall, unit)].filter(Boolean).join(' · ');
}

function unusualText(state: UnitsState, wall: UnitWall, unit: number): string {
  const units = datasetUnits(state, wall);
  if (!units) return '';
  const times = unusual(wall, units, unit);
  if (times === Number.POSITIVE_INFINITY) return 'active here, though hardly ever in the data set';
  return times === 0 ? '' : `${number(Number(times.toPrecision(2)))} × the threshold that ${percent(units.quantile)} of all cells exceed`;
}
