import type { FilterInfo } from '../../../src/shared/unitsProtocol.ts';
import type { Size } from '../../draw/geometry.ts';

/**
 * How the kernels of a layer are laid out. `tiles`: one picture per unit (colours, or a single input). `strips`: a row per unit
 * with a tile per input. `bars`: a row per unit with a bar per input, because the tile of a 1 × 1 kernel says nothing.
 */
export interface BankLayout {
  kind: 'tiles' | 'strips' | 'bars';
  info: FilterInfo;
  /** Side of a weight; width of a bar. CSS pixels, as everything here. */
  cell: number;
  /** Of one kernel; of one bar at its highest. */
  tile: Size;
  /** Between two tiles. */
  gap: number;
  /** Tiles or bars beside each other. */
  perLine: number;
  /** Inputs that are drawn: bars beyond the room are left out, the smallest ones. */
  drawn: number;
  /** What is drawn of one unit. */
  canvas: Size;
  /** Units beside each other. */
  columns: number;
  /** One unit with its number and what is between it and the next one. */
  unit: Size;
}

/** Units of one band: bands come and go as a whole while one scrolls. */
export interface Bands {
  perBand: number;
  count: number;
  height(band: number): number;
}

/** Height of a band, about. */
const bandHeight = 640;

/** Room for the number of a unit: beside a row, under a tile. */
const beside = 76;
const under = 34;

export function bankLayout(info: FilterInfo, width: number): BankLayout {
  const [rows, columns] = info.kernel;
  if (info.colour || info.inputs === 1) return tiles(info, width);
  return rows * columns === 1 ? bars(info, width - beside) : strips(info, width - beside);
}

function tiles(info: FilterInfo, width: number): BankLayout {
  const [rows, columns] = info.kernel;
  const cell = within(Math.round(64 / Math.max(rows, columns)), 2, 16);
  const tile = { width: columns * cell, height: rows * cell };
  const unit = { width: Math.max(tile.width, 58) + 8, height: tile.height + under + 8 };
  const perRow = Math.max(1, Math.floor(width / unit.width));
  return { kind: 'tiles', info, cell, tile, gap: 0, perLine: 1, drawn: 1, canvas: tile, columns: perRow, unit };
}

/** The largest cells at which a unit takes no more than this height. */
const stripHeight = 116;

function strips(info: FilterInfo, width: number): BankLayout {
  const at = (cell: number) => stripsOf(info, width, cell);
  for (let cell = 8; cell > 2; cell--) {
    const layout = at(cell);
    if (layout.canvas.height <= stripHeight) return layout;
  }
  return at(2);
}

function stripsOf(info: FilterInfo, width: number, cell: number): BankLayout {
  const [rows, columns] = info.kernel;
  const gap = cell > 3 ? 2 : 1;
  const tile = { width: columns * cell, height: rows * cell };
  const perLine = within(Math.floor((width + gap) / (tile.width + gap)), 1, info.inputs);
  const lines = Math.ceil(info.inputs / perLine);
  const canvas = { width: perLine * (tile.width + gap) - gap, height: lines * (tile.height + gap) - gap };
  const unit = { width: beside + width, height: Math.max(canvas.height, under) + 12 };
  return { kind: 'strips', info, cell, tile, gap, perLine, drawn: info.inputs, canvas, columns: 1, unit };
}

function bars(info: FilterInfo, width: number): BankLayout {
  const cell = within(Math.floor(width / info.inputs), 1, 12);
  const drawn = within(Math.floor(width / cell), 1, info.inputs);
  const canvas = { width: drawn * cell, height: 48 };
  const unit = { width: beside + width, height: canvas.height + 12 };
  return {
    kind: 'bars',
    info,
    cell,
    tile: { width: cell, height: canvas.height },
    gap: 0,
    perLine: drawn,
    drawn,
    canvas,
    columns: 1,
    unit,
  };
}

export function bandsOf({ columns, unit }: Pick<BankLayout, 'columns' | 'unit'>, units: number): Bands {
  const perBand = columns * Math.max(1, Math.round(bandHeight / unit.height));
  const count = Math.ceil(units / perBand);
  const height = (band: number) => Math.ceil(Math.min(perBand, units - band * perBand) / columns) * unit.height;
  return { perBand, count, height };
}

/** Where tile or bar `place` begins in a unit's canvas. */
export function cornerOf({ perLine, tile, gap }: BankLayout, place: number): { x: number; y: number } {
  return { x: (place % perLine) * (tile.width + gap), y: Math.floor(place / perLine) * (tile.height + gap) };
}

/** Which tile or bar is under a point of a unit's canvas, and which row and column of it; undefined: a gap. */
export function placeUnder(layout: BankLayout, x: number, y: number): { place: number; row: number; column: number } | undefined {
  const { perLine, tile, gap, cell, drawn, kind } = layout;
  const [column, row] = [Math.floor(x / (tile.width + gap)), Math.floor(y / (tile.height + gap))];
  const place = row * perLine + column;
  const inside = { x: x - column * (tile.width + gap), y: y - row * (tile.height + gap) };
  if (x < 0 || y < 0 || column >= perLine || place >= drawn || inside.x >= tile.width || inside.y >= tile.height) return undefined;
  if (kind === 'bars') return { place, row: 0, column: 0 };
  return { place, row: Math.floor(inside.y / cell), column: Math.floor(inside.x / cell) };
}

function within(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
