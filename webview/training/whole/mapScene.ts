import type { PageState } from '../state.ts';
import { usualWhole } from './choices.ts';
import { rowOf } from './columns.ts';
import { marksOf } from './mapMarks.ts';
import type { MapScene } from './mapSurface.ts';
import type { Evaluated, Sight } from './selectors.ts';
import { boundsOver, wayOf, wayOfClass } from './ways.ts';

let bounds: { all: readonly Evaluated[]; of: MapScene['bounds'] | undefined } | undefined;
let way: { all: readonly Evaluated[]; key: string; of: Float32Array } | undefined;

/** What the map shows of a checkpoint; undefined: too few images for a map. */
export function mapScene(state: PageState, { all, index, now, before }: Sight): MapScene | undefined {
  const { positions } = now.whole;
  if (bounds?.all !== all) bounds = { all, of: boundsOver(all) };
  if (!positions || !bounds.of) return undefined;
  const { lit, hover, theme, focus } = state.whole;
  const marks = marksOf(now.whole, (state.choices.whole ?? usualWhole).colour, theme);
  const row = focus && rowOf(now.whole, focus.image);
  const group = lit === undefined ? -1 : marks.groups.findIndex(({ id }) => id === lit);
  return {
    ...{ positions, before: before?.whole.positions, bounds: bounds.of, marks, index, theme },
    ...{ lit: group < 0 ? undefined : group, focus: row, hover: hover?.row },
    way: keptWay(all, row, group >= 0 && lit !== undefined && lit >= 0 ? lit : undefined),
  };
}

/** Worked out once for as long as it is of the same. */
function keptWay(all: readonly Evaluated[], row: number | undefined, label: number | undefined): Float32Array | undefined {
  if (row === undefined && label === undefined) return undefined;
  const key = row === undefined ? `class ${label}` : `row ${row}`;
  if (way?.all !== all || way.key !== key) way = { all, key, of: row === undefined ? wayOfClass(all, label as number) : wayOf(all, row) };
  return way.of;
}
