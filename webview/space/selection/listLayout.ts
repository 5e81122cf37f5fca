/** How the images of a selection lie in the room there is, CSS pixels. */
export interface ListLayout {
  columns: number;
  /** An image with its words and the gap to the next one. */
  tile: { width: number; height: number };
  /** Of all lines. */
  height: number;
}

const narrowest = 92;
/** What stands under a picture: name, classes, confidence. */
const words = 41;
/** Between two images, either way. */
export const gap = 8;

/** Undefined: the room is not known yet. */
export function listLayout(width: number, count: number): ListLayout | undefined {
  if (width <= 0) return undefined;
  const columns = Math.max(1, Math.floor((width + gap) / (narrowest + gap)));
  const each = Math.floor((width + gap) / columns);
  const tile = { width: each, height: each - gap + words + gap };
  return { columns, tile, height: Math.ceil(count / columns) * tile.height };
}

/** Lines kept above and below the room, so that scrolling meets no blanks. */
const more = 2;

/** First place in view and the one after the last, with some on either side. */
export function placesInView({ columns, tile }: ListLayout, count: number, top: number, room: number): readonly [number, number] {
  const first = Math.max(0, Math.floor(top / tile.height) - more);
  const last = Math.ceil((top + room) / tile.height) + more;
  return [Math.min(count, first * columns), Math.min(count, last * columns)];
}

export function cornerOf({ columns, tile }: ListLayout, place: number): { x: number; y: number } {
  return { x: (place % columns) * tile.width, y: Math.floor(place / columns) * tile.height };
}
