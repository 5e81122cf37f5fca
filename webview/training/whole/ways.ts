import { type Bounds, boundsOf } from '../../draw/camera.ts';
import type { Evaluated } from './selectors.ts';

const known = new WeakMap<Float32Array, Bounds>();

/** Where the points of all checkpoints are: one scale and one middle for the whole run, so that nothing jumps. Undefined: there is no map. */
export function boundsOver(all: readonly Evaluated[]): Bounds | undefined {
  const each = all.flatMap(({ whole: { positions } }) => (positions ? [knownBounds(positions)] : []));
  if (each.length === 0) return undefined;
  const left = Math.min(...each.map(({ x, halfWidth }) => x - halfWidth));
  const right = Math.max(...each.map(({ x, halfWidth }) => x + halfWidth));
  const low = Math.min(...each.map(({ y, halfHeight }) => y - halfHeight));
  const high = Math.max(...each.map(({ y, halfHeight }) => y + halfHeight));
  return { x: (left + right) / 2, y: (low + high) / 2, halfWidth: (right - left) / 2, halfHeight: (high - low) / 2 };
}

function knownBounds(positions: Float32Array): Bounds {
  const bounds = known.get(positions) ?? boundsOf(positions);
  known.set(positions, bounds);
  return bounds;
}

/** Where a picture was at each checkpoint, [checkpoints,2]; NaN where it was nowhere. */
export function wayOf(all: readonly Evaluated[], row: number): Float32Array {
  const way = new Float32Array(2 * all.length).fill(Number.NaN);
  all.forEach(({ whole: { positions } }, i) => {
    if (positions) way.set(positions.subarray(2 * row, 2 * row + 2), 2 * i);
  });
  return way;
}

/** Where the middle of a class was at each checkpoint, [checkpoints,2]: the mean of its pictures by label. */
export function wayOfClass(all: readonly Evaluated[], label: number): Float32Array {
  const way = new Float32Array(2 * all.length).fill(Number.NaN);
  all.forEach(({ whole: { positions, labels } }, i) => {
    let [x, y, count] = [0, 0, 0];
    for (let row = 0; positions && row < labels.length; row++) {
      const [px, py] = [positions[2 * row] as number, positions[2 * row + 1] as number];
      if (labels[row] !== label || !Number.isFinite(px) || !Number.isFinite(py)) continue;
      [x, y, count] = [x + px, y + py, count + 1];
    }
    if (count > 0) way.set([x / count, y / count], 2 * i);
  });
  return way;
}
