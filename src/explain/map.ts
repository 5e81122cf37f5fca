import type { MapKind } from './method.ts';

export interface MapRange {
  min: number;
  max: number;
  /** A sentence where the map says nothing. */
  flat: string | undefined;
}

/** Smallest differences that mean something, relative to the largest value: float32 rounding over a deep network. */
const noise = 1e-6;

/** Range of a map's computed cells, and whether it says anything. */
export function mapRange(values: Float32Array, { relu }: MapKind): MapRange {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const v of values) {
    if (v < min) min = v;
    if (v > max) max = v;
  }
  if (min > max) return { min: Number.NaN, max: Number.NaN, flat: undefined };
  return { min, max, flat: flatness(min, max, relu) };
}

function flatness(min: number, max: number, relu: boolean): string | undefined {
  if (min === 0 && max === 0) return 'The map is 0 everywhere: nothing here changes the score.';
  if (max - min <= noise * Math.max(Math.abs(min), Math.abs(max))) return `The map is flat: every cell is ${format(max)}.`;
  if (relu && max <= 0) return `Nothing here speaks for this class: the map is negative everywhere (${format(min)} to ${format(max)}).`;
  return undefined;
}

function format(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
