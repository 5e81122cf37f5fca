import { area, type Interval, length, type Region, sameInterval } from '../../transform/intervals.ts';

/** Cells of an image: values [C,h,w] of a rectangle, which may go beyond the image. */
export interface Piece {
  data: Float32Array;
  channels: number;
  region: Region;
}

export function newPiece(channels: number, region: Region): Piece {
  return { data: new Float32Array(channels * area(region)), channels, region };
}

/** Room for the feeds of one run, used again by the next: making it anew for each would keep the garbage collector busy. */
export class Scratch {
  readonly #arrays = new Map<string, Float32Array>();

  /** Values left over from other runs are in it. */
  take(name: string, size: number): Float32Array {
    let array = this.#arrays.get(name);
    if (!array || array.length < size) {
      array = new Float32Array(size);
      this.#arrays.set(name, array);
    }
    return array.subarray(0, size);
  }
}

/**
 * Copies the cells of `within` that both have. By hand: the rows of a tile are so short that a call for each, such as `set`,
 * would take longer than the copying.
 */
export function copyCells(from: Piece, into: Piece, within = into.region): void {
  if (sameRegion(from.region, into.region) && sameRegion(within, into.region)) {
    into.data.set(from.data);
    return;
  }
  const rows = common(common(from.region[0], into.region[0]), within[0]);
  const columns = common(common(from.region[1], into.region[1]), within[1]);
  const [height, count] = [length(rows), length(columns)];
  const [acrossFrom, acrossInto] = [length(from.region[1]), length(into.region[1])];
  const [source, target] = [from.data, into.data];
  for (let c = 0; c < from.channels; c++) {
    let read = indexOf(from, c, rows.from, columns.from);
    let write = indexOf(into, c, rows.from, columns.from);
    for (let row = 0; row < height; row++) {
      for (let k = 0; k < count; k++) target[write + k] = source[read + k] as number;
      read += acrossFrom;
      write += acrossInto;
    }
  }
}

/**
 * Writes what stands around a tile: the cells of `whole` but for those of the tile, which are 0, and `fill` beyond the image.
 */
export function surround(piece: Piece, whole: Piece, tile: Region, fill: number): void {
  const { data, region } = piece;
  const source = whole.data;
  const [rows, columns] = region;
  const image = common(columns, whole.region[1]);
  const hole = common(image, tile[1]);
  let at = 0;
  for (let c = 0; c < piece.channels; c++) {
    for (let row = rows.from; row < rows.to; row++) {
      if (row < whole.region[0].from || row >= whole.region[0].to) {
        for (let column = columns.from; column < columns.to; column++) data[at++] = fill;
        continue;
      }
      const inTile = row >= tile[0].from && row < tile[0].to;
      const shift = indexOf(whole, c, row, 0);
      for (let column = columns.from; column < image.from; column++) data[at++] = fill;
      for (let column = image.from; column < hole.from; column++) data[at++] = source[shift + column] as number;
      if (inTile) for (let column = hole.from; column < hole.to; column++) data[at++] = 0;
      for (let column = inTile ? hole.to : hole.from; column < image.to; column++) data[at++] = source[shift + column] as number;
      for (let column = image.to; column < columns.to; column++) data[at++] = fill;
    }
  }
}

function sameRegion(a: Region, b: Region): boolean {
  return sameInterval(a[0], b[0]) && sameInterval(a[1], b[1]);
}

function indexOf({ region: [rows, columns] }: Piece, channel: number, row: number, column: number): number {
  return (channel * length(rows) + row - rows.from) * length(columns) + column - columns.from;
}

/** What both hold; where that is nothing, an empty interval within the first, or at its end. */
function common(a: Interval, b: Interval): Interval {
  const from = Math.min(a.to, Math.max(a.from, b.from));
  return { from, to: Math.max(from, Math.min(a.to, b.to)) };
}
