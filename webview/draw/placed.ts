import { type ColorMapId, colorIndex, colorTable } from '../../src/shared/colorMaps.ts';
import { type ColorScale, scalePosition } from '../../src/shared/colorScale.ts';
import type { Placement } from '../../src/shared/unitsProtocol.ts';
import type { Size } from './geometry.ts';

/** For each point of an axis the cells on either side, and how far it is on its way to the second. */
interface Axis {
  /** −1: beyond the cells. */
  from: Int32Array;
  to: Int32Array;
  share: Float32Array;
}

/**
 * From the cells of a layer to points spread evenly over the network's input: each cell has its value at the centre of its
 * receptive field, where `placement` says. Made once for all units of a layer.
 */
export class PlacedGrid {
  readonly size: Size;
  readonly #rows: Axis;
  readonly #columns: Axis;
  readonly #width: number;

  /** `input`: [height, width] in pixels. `smooth`: bilinear between centres; else each cell reaches to the midpoints between centres. */
  constructor(placement: Placement, input: readonly [number, number], size: Size, smooth: boolean) {
    this.size = size;
    this.#rows = axisOf(placement.rows, input[0], size.height, smooth);
    this.#columns = axisOf(placement.columns, input[1], size.width, smooth);
    this.#width = placement.columns.length;
  }

  /**
   * [size.height·size.width] of `values`, [rows·columns of the placement]. The outermost cells reach half a step beyond their centres; what
   * lies farther out is the centre of no cell: NaN.
   */
  values(values: Float32Array): Float32Array {
    const { height, width } = this.size;
    const { from: left, to: right, share } = this.#columns;
    const out = new Float32Array(height * width);
    for (let y = 0, i = 0; y < height; y++) {
      const top = (this.#rows.from[y] ?? 0) * this.#width;
      const bottom = (this.#rows.to[y] ?? 0) * this.#width;
      const down = this.#rows.share[y] ?? 0;
      for (let x = 0; x < width; x++, i++) {
        const near = left[x] as number;
        if (top < 0 || near < 0) {
          out[i] = Number.NaN;
          continue;
        }
        const far = right[x] as number;
        const across = share[x] as number;
        const above = (values[top + near] as number) * (1 - across) + (values[top + far] as number) * across;
        const below = (values[bottom + near] as number) * (1 - across) + (values[bottom + far] as number) * across;
        out[i] = above * (1 - down) + below * down;
      }
    }
    return out;
  }
}

/** `count` points over `length` pixels; the first pixel's centre is 0. `centres` do not decrease; a single one stands for everything. */
function axisOf(centres: Float32Array, length: number, count: number, smooth: boolean): Axis {
  const axis: Axis = { from: new Int32Array(count), to: new Int32Array(count), share: new Float32Array(count) };
  const last = centres.length - 1;
  const at = (i: number) => centres[i] ?? 0;
  const low = last > 0 ? at(0) - (at(1) - at(0)) / 2 : Number.NEGATIVE_INFINITY;
  const high = last > 0 ? at(last) + (at(last) - at(last - 1)) / 2 : Number.POSITIVE_INFINITY;
  for (let i = 0, after = 0; i < count; i++) {
    const place = ((i + 0.5) * length) / count - 0.5;
    while (after <= last && at(after) <= place) after++;
    const from = Math.max(0, after - 1);
    const to = Math.min(last, after);
    const step = at(to) - at(from);
    const share = step > 0 ? (place - at(from)) / step : 0;
    const nearest = share < 0.5 ? from : to;
    axis.from[i] = place < low || place > high ? -1 : smooth ? from : nearest;
    axis.to[i] = smooth ? to : nearest;
    axis.share[i] = smooth ? share : 0;
  }
  return axis;
}

export interface PlacedLook {
  scale: ColorScale;
  colorMap: ColorMapId;
  /**
   * How much of what is below is covered where the value is farthest from 0, 0..1. Weaker ones cover less, by the square root of their
   * share, so that the picture stays as it is where a unit is silent and a tenth is still seen. Undefined: all of it, everywhere.
   */
  opacity: number | undefined;
}

/** Colours `values`, one per pixel, over `pixels`. NaN leaves them as they are. */
export function colourPlaced(pixels: ImageData, values: Float32Array, { scale, colorMap, opacity }: PlacedLook): void {
  const { data } = pixels;
  const table = colorTable(colorMap);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    const t = Math.max(0, Math.min(1, scalePosition(scale, value)));
    const cover = opacity === undefined ? 1 : opacity * Math.sqrt(scale.kind === 'diverging' ? Math.abs(2 * t - 1) : t);
    const from = 3 * colorIndex(t);
    for (let channel = 0; channel < 3; channel++) {
      const below = data[4 * i + channel] as number;
      data[4 * i + channel] = below + cover * ((table[from + channel] as number) - below);
    }
    data[4 * i + 3] = Math.max(data[4 * i + 3] as number, 255 * cover);
  }
}
