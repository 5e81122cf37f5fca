import type { LayoutInfo, LayoutRequest, SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { placesOnMap } from '../../draw/nearest.ts';
import { unasked } from '../index/index.ts';
import { rowOf } from '../selectors.ts';
import type { SpaceState } from '../state.ts';
import type { Colouring } from './choices.ts';
import { coloursThere, type Grouping, groupingOf } from './grouping.ts';
import { lookOf } from './look.ts';
import type { Tie } from './overlay.ts';
import type { Points } from './painter.ts';
import type { Shown } from './state.ts';

/** The chosen way to lay out, else the first. */
export function currentMethod({ layouts, choices }: SpaceState): LayoutInfo | undefined {
  return layouts.find(({ id }) => id === choices.map.method) ?? layouts[0];
}

/** What is asked for as the person set it. */
export function currentRequest(state: SpaceState): LayoutRequest | undefined {
  const method = currentMethod(state);
  if (!method) return undefined;
  const params = state.choices.map.params[method.id] ?? {};
  return Object.keys(params).length === 0 ? { method: method.id } : { method: method.id, params };
}

export function sameRequest(a: LayoutRequest | undefined, b: LayoutRequest | undefined): boolean {
  const text = (request: LayoutRequest | undefined) =>
    request && JSON.stringify([request.method, Object.entries(request.params ?? {}).toSorted(([x], [y]) => (x < y ? -1 : 1))]);
  return text(a) === text(b);
}

/** Whether the images are as many as will be: nothing is being indexed, nor about to be. */
export function isAtRest({ index, rows }: SpaceState): boolean {
  const { state, indexing, error } = index;
  if (rows.loading) return false;
  if (error) return true;
  if (!state || !indexing || indexing.state === 'running') return false;
  // A small data set is indexed without a question.
  const missing = state.images - state.indexed - state.unreadable;
  return missing <= 0 || state.images > unasked || indexing.state !== 'idle';
}

interface News {
  more: number;
  gone: number;
}

let news: { of: SpaceRows; shown: SpaceRows; news: News } | undefined;

/** Images that came and went since the map was made; undefined: it is of the rows of now, or there is none. */
export function newsOf({ rows: { value }, map: { shown } }: SpaceState): News | undefined {
  if (!value || !shown || shown.rows.revision === value.revision) return undefined;
  if (news?.of !== value || news.shown !== shown.rows)
    news = { of: value, shown: shown.rows, news: { more: without(value, shown.rows), gone: without(shown.rows, value) } };
  return news.news;
}

/** Images of `rows` that are not among `others`. */
function without(rows: SpaceRows, others: SpaceRows): number {
  return rows.paths.reduce((count, path) => count + (rowOf(others, path) === undefined ? 1 : 0), 0);
}

let there: { rows: SpaceRows; list: readonly Colouring[] } | undefined;

export function colouringsOf(rows: SpaceRows): readonly Colouring[] {
  if (there?.rows !== rows) there = { rows, list: coloursThere(rows) };
  return there.list;
}

/** The chosen one where there is something to tell, else the first that there is: the predicted class. */
export function currentColouring({ choices }: SpaceState, rows: SpaceRows): Colouring {
  const possible = colouringsOf(rows);
  return possible.find((each) => each === choices.map.colour) ?? possible[0] ?? 'folder';
}

export function currentGrouping(state: SpaceState, { rows }: Shown): Grouping {
  return groupingOf(rows, currentColouring(state, rows), state.map.theme);
}

let points: Points | undefined;

/** The points as they are to be drawn. */
export function pointsOf(state: SpaceState): Points | undefined {
  const { shown, only, lit } = state.map;
  if (!shown) return undefined;
  const grouping = currentGrouping(state, shown);
  const look = lookOf({ rows: shown.rows, grouping, only, lit, chosen: chosenRows(state, shown.rows) });
  const { positions } = shown;
  const { colours } = grouping;
  if (points?.positions !== positions || points.colours !== colours || points.look !== look) points = { positions, colours, look };
  return points;
}

const noRows: readonly number[] = [];
let chosen: { from: readonly number[]; of: SpaceRows; rows: SpaceRows; list: readonly number[] } | undefined;

/** Selected images, as rows of the map. */
function chosenRows({ selection, rows: { value } }: SpaceState, rows: SpaceRows): readonly number[] {
  const from = selection.rows;
  if (from.length === 0 || !value) return noRows;
  if (value === rows) return from;
  if (chosen?.from === from && chosen.of === value && chosen.rows === rows) return chosen.list;
  const list = from.map((row) => rowOf(rows, value.paths[row])).filter((row) => row !== undefined);
  chosen = { from, of: value, rows, list };
  return list;
}

/** The image in focus, as a row of the map. */
export function focusOnMap({ map, choices }: SpaceState): number | undefined {
  return rowOf(map.shown?.rows, choices.focus);
}

const noTies: readonly Tie[] = [];
let ties: { key: readonly unknown[]; list: readonly Tie[] } | undefined;

/** Neighbours of the image in focus that are on the map; near: among the closest hundredth of all points, ten at least. */
export function tiesOf(state: SpaceState): readonly Tie[] {
  const { shown, near } = state.map;
  const focus = focusOnMap(state);
  const { value } = state.rows;
  const answer = near.value;
  if (!shown || focus === undefined || !answer || !value || answer.revision !== value.revision) return noTies;
  if (answer.query.image.path !== state.choices.focus) return noTies;
  const key = [shown.positions, shown.rows, focus, answer, value];
  if (ties?.key.every((each, i) => each === key[i])) return ties.list;
  const rows = answer.features.map(({ row }) => rowOf(shown.rows, value.paths[row])).filter((row) => row !== undefined);
  const close = Math.max(10, Math.round(shown.rows.count / 100));
  const list = placesOnMap(shown.positions, focus, rows).map((place, i) => ({ row: rows[i] as number, near: place < close }));
  ties = { key, list };
  return list;
}
