import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import { number } from '../../draw/format.ts';
import { cellAt } from '../../draw/geometry.ts';
import type { PageState } from '../state.ts';
import type { Cell } from './cells.ts';
import type { Place } from './compareState.ts';
import { coversOf, pictureOf } from './gridModel.ts';

/** The raw value of a map at a place of the image; undefined where the network did not look. */
export function valueAt(state: PageState, cell: Cell, map: ExplanationMap, { u, v }: Place): number | undefined {
  const covers = coversOf(state, cell.side);
  const { size } = pictureOf(state, cell.side);
  const at = covers && cellAt(map, covers, u * size.width - 0.5, v * size.height - 0.5);
  return at && map.values[at.row * map.width + at.column];
}

/** Middle of the cell with the largest value (of a signed map: of the largest size). */
export function peakOf(state: PageState, cell: Cell, map: ExplanationMap): Place | undefined {
  const weight = (value: number) => (map.signed && !map.relu ? Math.abs(value) : value);
  let best = -1;
  for (let i = 0; i < map.values.length; i++) {
    const value = weight(map.values[i] ?? Number.NaN);
    if (!Number.isNaN(value) && (best < 0 || value > weight(map.values[best] ?? 0))) best = i;
  }
  return best < 0 ? undefined : placeOf(state, cell, map, best);
}

/** `at` moved by whole cells of a map, inside the image. */
export function moved(state: PageState, cell: Cell, map: ExplanationMap, at: Place, dx: number, dy: number): Place {
  const covers = coversOf(state, cell.side);
  const { size } = pictureOf(state, cell.side);
  if (!covers) return at;
  const inside = (share: number) => Math.min(0.999, Math.max(0.001, share));
  return {
    u: inside(at.u + (dx * covers.width) / map.width / size.width),
    v: inside(at.v + (dy * covers.height) / map.height / size.height),
  };
}

function placeOf(state: PageState, cell: Cell, map: ExplanationMap, index: number): Place | undefined {
  const covers = coversOf(state, cell.side);
  const { size } = pictureOf(state, cell.side);
  if (!covers) return undefined;
  const x = covers.x + (((index % map.width) + 0.5) / map.width) * covers.width;
  const y = covers.y + ((Math.floor(index / map.width) + 0.5) / map.height) * covers.height;
  return { u: x / size.width, v: y / size.height };
}

/** From where to where the colours of a map would reach by itself, in few digits. */
export function rangeText({ min, max, relu, signed }: ExplanationMap): string {
  if (relu) return `0 … ${short(Math.max(0, max))}`;
  if (signed) return `±${short(Math.max(-min, max))}`;
  return `${min > 0 && min < 1e-4 * max ? '≈ 0' : short(min)} … ${short(max)}`;
}

export function short(value: number): string {
  return number(Number(value.toPrecision(2)));
}
