import type { UnitMap } from '../../../src/shared/unitsProtocol.ts';
import type { Size } from '../../draw/geometry.ts';

/**
 * [size.height, size.width]: the map's values over the whole input, bilinear between the centres of its cells' receptive fields;
 * outside of them the value of the nearest. `input` is [height, width] in pixels.
 */
export function placedValues(map: Pick<UnitMap, 'values' | 'width' | 'placement' | 'input'>, size: Size): Float32Array {
  const rows = between(map.placement.rows, size.height, map.input[0]);
  const columns = between(map.placement.columns, size.width, map.input[1]);
  const out = new Float32Array(size.width * size.height);
  const at = (row: number, column: number) => map.values[row * map.width + column] ?? 0;
  for (let y = 0; y < size.height; y++) {
    const { from: top, to: bottom, share: down } = rows[y] as Between;
    for (let x = 0; x < size.width; x++) {
      const { from: left, to: right, share } = columns[x] as Between;
      const above = at(top, left) * (1 - share) + at(top, right) * share;
      const below = at(bottom, left) * (1 - share) + at(bottom, right) * share;
      out[y * size.width + x] = above * (1 - down) + below * down;
    }
  }
  return out;
}

/** Cells on either side of a point, and how far it is on its way to the second. */
interface Between {
  from: number;
  to: number;
  share: number;
}

/** For each of `count` points spread evenly over `length` pixels. The first pixel's centre is 0. */
function between(centres: Float32Array, count: number, length: number): Between[] {
  return Array.from({ length: count }, (_, i) => {
    const place = ((i + 0.5) * length) / count - 0.5;
    const after = centres.findIndex((centre) => centre > place);
    const to = after === -1 ? centres.length - 1 : after;
    const from = after === -1 ? to : Math.max(0, after - 1);
    const step = (centres[to] ?? 0) - (centres[from] ?? 0);
    return { from, to, share: step > 0 ? (place - (centres[from] ?? 0)) / step : 0 };
  });
}
