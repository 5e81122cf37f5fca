import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import type { SpaceState } from '../state.ts';
import type { SelectionOrder } from './choices.ts';

let sorted: { rows: SpaceRows; given: readonly number[]; order: SelectionOrder; places: readonly number[] } | undefined;

/** The selected rows in the order they are shown in; none while there are no rows. */
export function selectedInOrder({ rows: { value: rows }, selection, choices }: SpaceState): readonly number[] {
  const { order } = choices.selection;
  const { rows: given } = selection;
  if (!rows) return [];
  if (sorted?.rows === rows && sorted.given === given && sorted.order === order) return sorted.places;
  const places = inOrder(rows, given, order);
  sorted = { rows, given, order, places };
  return places;
}

/** Images without a confidence come last. */
export function inOrder(rows: SpaceRows, given: readonly number[], order: SelectionOrder): readonly number[] {
  if (order === 'given') return given;
  if (order === 'name') {
    const keyed = given.map((row) => ({ row, key: nameKey(nameOf(rows.paths[row] ?? '')) }));
    return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.row - b.row)).map(({ row }) => row);
  }
  const sure = (row: number) => rows.confidence[row] ?? Number.NaN;
  const key = (row: number) => (Number.isNaN(sure(row)) ? -1 : sure(row));
  return [...given].sort((a, b) => key(b) - key(a) || a - b);
}

/** Numbers by their size: 9 before 10. Made once for each name: comparing a hundred thousand by the rules of a language takes seconds. */
function nameKey(name: string): string {
  return name.toLowerCase().replaceAll(/\d+/g, (digits) => digits.padStart(16, '0'));
}

/** Rows that actions are about, as they are shown: those that are picked, or all. */
export function actedOn(state: SpaceState): readonly number[] {
  const { picked } = state.selection;
  const rows = selectedInOrder(state);
  return picked.size === 0 ? rows : rows.filter((row) => picked.has(row));
}

/** What follows the last slash of either kind. */
export function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
