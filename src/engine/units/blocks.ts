import type { Placement } from '../../shared/unitsProtocol.ts';

/** Most cells of a map on a wall, along each side. */
const mostCells = 64;

interface Size {
  height: number;
  width: number;
}

/** Cells on a side of the square blocks that leave at most 64 of them along each side. */
export function blockSize({ height, width }: Size): number {
  return Math.ceil(Math.max(height, width) / mostCells);
}

/** [units,H,W] to the maximum of each block, those at the bottom and at the right smaller where they do not fit: no peak is lost. */
export function blockMaxima(
  values: Float32Array,
  { units, height, width }: Size & { units: number },
  block: number,
): Size & { maps: Float32Array } {
  if (block === 1) return { maps: values.slice(), height, width };
  const [rows, columns] = [Math.ceil(height / block), Math.ceil(width / block)];
  const maps = new Float32Array(units * rows * columns).fill(Number.NEGATIVE_INFINITY);
  for (let unit = 0; unit < units; unit++) {
    for (let y = 0; y < height; y++) {
      const from = (unit * height + y) * width;
      const to = (unit * rows + Math.floor(y / block)) * columns;
      for (let x = 0; x < width; x++) {
        const at = to + Math.floor(x / block);
        maps[at] = Math.max(maps[at]!, values[from + x]!);
      }
    }
  }
  return { maps, height: rows, width: columns };
}

/** Centres of the blocks: in the middle between their first and last cell. */
export function blockPlacement({ rows, columns, even }: Placement, block: number): Placement {
  const middles = (cells: Float32Array) =>
    Float32Array.from({ length: Math.ceil(cells.length / block) }, (_, i) => {
      const last = Math.min((i + 1) * block, cells.length) - 1;
      return (cells[i * block]! + cells[last]!) / 2;
    });
  return { rows: middles(rows), columns: middles(columns), even };
}
