import type { Transform } from '../../draw/camera.ts';
import type { Size } from '../../draw/geometry.ts';
import type { Places } from '../../draw/nearest.ts';
import { faint } from '../../draw/pointState.ts';
import type { Thumb } from '../thumbs.ts';

/** With so many points in view at most, they are pictures. */
const few = 150;
/** Pictures at once, where they are asked for whatever is in view. */
const many = 400;

/** A picture in place of a point. */
export interface Placed {
  row: number;
  /** Its middle, CSS pixels. */
  x: number;
  y: number;
}

/** Sides of pictures, CSS pixels: as large as leaves room for most of those in view. */
const sides = [64, 52, 40, 30] as const;
const usual = 40;

export interface Pictures {
  placed: readonly Placed[];
  side: number;
}

export const noPictures: Pictures = { placed: [], side: usual };

/**
 * Which points are drawn as pictures: none where there are too many in view, or so near to one another that pictures would hide more
 * than they show, unless `always`; then as many as do not cover one another, the `first` ones before all others.
 */
export function picturesIn(
  places: Places,
  to: Transform,
  { width, height }: Size,
  { always, first }: { always: boolean; first: readonly number[] },
): Pictures {
  const { positions, states } = places;
  const at = (row: number) => ({
    row,
    x: (positions[2 * row] as number) * to.scale + to.left,
    y: to.top - (positions[2 * row + 1] as number) * to.scale,
  });
  const isSeen = ({ row, x, y }: Placed) => !((states[row] as number) & faint) && x >= 0 && y >= 0 && x <= width && y <= height;
  const seen: number[] = [];
  for (const row of shuffled(states.length)) {
    if (!isSeen(at(row))) continue;
    seen.push(row);
    if (seen.length > few && !always) return noPictures;
  }
  // Of very many there is never room for most.
  const possible = seen.length <= few ? sides : [];
  const candidates = [...first.filter((row) => isSeen(at(row))), ...seen].map(at);
  for (const side of possible) {
    const placed = apartBy(candidates, side + 2);
    if (placed.length >= 0.6 * seen.length) return { placed, side };
  }
  return always ? { placed: apartBy(candidates, usual + 2), side: usual } : noPictures;
}

/** Those that are as far as that from all before them. */
function apartBy(candidates: readonly Placed[], apart: number): Placed[] {
  const taken = new Map<number, Placed>();
  const placed: Placed[] = [];
  for (const picture of candidates) {
    if (placed.length >= many) break;
    const [column, line] = [Math.floor(picture.x / apart), Math.floor(picture.y / apart)];
    if (isCovered(taken, column, line, picture, apart)) continue;
    taken.set(cell(column, line), picture);
    placed.push(picture);
  }
  return placed;
}

function isCovered(taken: ReadonlyMap<number, Placed>, column: number, line: number, { x, y }: Placed, apart: number): boolean {
  for (let c = column - 1; c <= column + 1; c++)
    for (let l = line - 1; l <= line + 1; l++) {
      const other = taken.get(cell(c, l));
      if (other && Math.abs(other.x - x) < apart && Math.abs(other.y - y) < apart) return true;
    }
  return false;
}

function cell(column: number, line: number): number {
  return (line + 2) * 65_536 + column + 2;
}

let order = new Uint32Array();

/** Rows in an order in which no class comes first; the same whenever it is asked for. */
function shuffled(count: number): Uint32Array {
  if (order.length === count) return order;
  order = Uint32Array.from({ length: count }, (_, row) => row);
  let seed = 1;
  for (let i = count - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const j = seed % (i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

/** A picture with its frame. */
export function drawPicture(
  pen: CanvasRenderingContext2D,
  { bitmap }: Thumb,
  { x, y }: Placed,
  side: number,
  frame: { colour: string; ring: string | undefined },
): void {
  const scale = side / Math.max(bitmap.width, bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  const box = (room: number, colour: string) => {
    pen.fillStyle = colour;
    pen.fillRect(x - width / 2 - room, y - height / 2 - room, width + 2 * room, height + 2 * room);
  };
  if (frame.ring) box(4, frame.ring);
  box(2, frame.colour);
  pen.drawImage(bitmap, x - width / 2, y - height / 2, width, height);
}
