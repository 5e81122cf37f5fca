import type { Size } from '../../draw/geometry.ts';
import type { Place } from '../state.ts';

/** Cell of a map at a place. */
export function cellOf({ width, height }: Size, { u, v }: Place): { row: number; column: number } {
  const at = (share: number, count: number) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  return { row: at(v, height), column: at(u, width) };
}

/** Middle of a cell. */
export function placeOf({ width, height }: Size, row: number, column: number): Place {
  return { u: (column + 0.5) / width, v: (row + 0.5) / height };
}

/** Where a key leads from a place, by whole cells; undefined: nowhere. `best`: cell that Home leads to. */
export function placeAfter(key: string, from: Place | undefined, size: Size, best: number): Place | undefined {
  if (key === 'Home') return placeOf(size, Math.floor(best / size.width), best % size.width);
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[key];
  if (!step) return undefined;
  const { row, column } = from ? cellOf(size, from) : { row: Math.floor(size.height / 2), column: Math.floor(size.width / 2) };
  const within = (at: number, count: number) => Math.max(0, Math.min(count - 1, at));
  const [down, right] = from ? (step as [number, number]) : [0, 0];
  return placeOf(size, within(row + down, size.height), within(column + right, size.width));
}

/** Index of the value farthest from 0. */
export function farthest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i] as number) > Math.abs(values[best] as number)) best = i;
  return best;
}
