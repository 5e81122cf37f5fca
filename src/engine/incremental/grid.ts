import type { Patch } from '../../explain/method.ts';
import { type Interval, length, sameInterval } from '../../transform/intervals.ts';

/** Patches that stand in rows and columns, row by row: where a patch reaches along one axis depends on its place along that axis alone. */
export interface Grid {
  rows: readonly Interval[];
  columns: readonly Interval[];
}

/** The grid of a list of patches; undefined where they stand otherwise. */
export function gridOf(patches: readonly Patch[]): Grid | undefined {
  const row = ({ y, height }: Patch): Interval => ({ from: y, to: y + height });
  const column = ({ x, width }: Patch): Interval => ({ from: x, to: x + width });
  const [first] = patches;
  if (!first) return undefined;
  const across = patches.findIndex((patch) => !sameInterval(row(patch), row(first)));
  const columns = patches.slice(0, across < 0 ? patches.length : across).map(column);
  const rows = patches.filter((_, i) => i % columns.length === 0).map(row);
  const fits = patches.every((patch, i) => {
    const [r, c] = [rows[Math.floor(i / columns.length)], columns[i % columns.length]];
    return r && c && sameInterval(r, row(patch)) && sameInterval(c, column(patch)) && length(r) > 0 && length(c) > 0;
  });
  return fits && patches.length === rows.length * columns.length ? { rows, columns } : undefined;
}

/**
 * Neighbours computed together, as runs of places along one axis: `side` of them, or, where it is 1, any number that change
 * the same cells. No run crosses a multiple of `band`.
 */
export function groupNeighbours(cells: readonly Interval[], side: number, band: number): Interval[] {
  const runs: Interval[] = [];
  cells.forEach((at, i) => {
    const last = runs.at(-1);
    const joins = last && i % band !== 0 && (side === 1 ? sameInterval(cells[last.from] as Interval, at) : length(last) < side);
    if (joins) runs[runs.length - 1] = { from: last.from, to: i + 1 };
    else runs.push({ from: i, to: i + 1 });
  });
  return runs;
}
