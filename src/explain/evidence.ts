import { areaMeans } from '../shared/areaMeans.ts';
import { axis, interpolate } from './bilinear.ts';

/** A map [height,width] in row-major order. */
export interface CellMap {
  values: Float32Array;
  height: number;
  width: number;
}

/** [height,width]: how much of each pixel is object, 0 to 1. */
export interface ObjectMask {
  values: Float32Array;
  height: number;
  width: number;
}

/** Where the positive evidence of a map lies. */
export interface Evidence {
  /** Share of it in the place; NaN where there is none. */
  share: number;
  /** The hottest point lies there. Of several that are equally hot: see `onBorder`, `onObject`. */
  peak: boolean;
}

/**
 * What the map says in favour of the class at every pixel [height,width] of what was fed: max(0, value) of its cells, bilinear between their
 * centres (half-pixel centres, edge values repeated).
 */
export function positiveEvidence({ values, height, width }: CellMap, size: { height: number; width: number }): Float64Array {
  const positive = values.map((v) => Math.max(0, v));
  const out = new Float64Array(size.height * size.width);
  const rows = axis(places(height, size.height), height);
  const columns = axis(places(width, size.width), width);
  interpolate(positive, { width, rows, columns, wide: new Float64Array(height * size.width) }, out);
  return out;
}

/** Where pixels lie among the cells, 0 the centre of the first cell. */
function places(cells: number, pixels: number): Float64Array {
  return Float64Array.from({ length: pixels }, (_, i) => Math.min(cells - 1, Math.max(0, ((i + 0.5) * cells) / pixels - 0.5)));
}

/**
 * Evidence within `border`, a part of each side, of the picture's edges; a pixel that the line cuts counts in part, so that an even map has
 * exactly the border's share of the area. Of several hottest points all must lie there.
 */
export function onBorder(map: CellMap, size: { height: number; width: number }, border: number): Evidence {
  const evidence = positiveEvidence(map, size);
  const [rows, columns] = [middle(size.height, border), middle(size.width, border)];
  let [all, inside] = [0, 0];
  for (let y = 0, at = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, at++) {
      const value = evidence[at] as number;
      all += value;
      inside += value * (rows[y] as number) * (columns[x] as number);
    }
  }
  const isOutside = (at: number) => Math.min(at, 1 - at) < border;
  const peaks = hottest(map);
  return { share: 1 - inside / all, peak: peaks.length > 0 && peaks.every(({ x, y }) => isOutside(x) || isOutside(y)) };
}

/** How much of each pixel lies farther than `border` from both ends. */
function middle(pixels: number, border: number): Float64Array {
  const [from, to] = [border * pixels, (1 - border) * pixels];
  return Float64Array.from({ length: pixels }, (_, i) => Math.max(0, Math.min(i + 1, to) - Math.max(i, from)));
}

/** Evidence on the object, and the part of the picture that it covers. One of several hottest points on it is enough. */
export function onObject(map: CellMap, mask: ObjectMask): Evidence & { area: number } {
  const evidence = positiveEvidence(map, mask);
  let [all, inside, area] = [0, 0, 0];
  for (let at = 0; at < evidence.length; at++) {
    const [value, object] = [evidence[at] as number, mask.values[at] as number];
    all += value;
    inside += value * object;
    area += object;
  }
  const at = ({ x, y }: Point) => mask.values[Math.floor(y * mask.height) * mask.width + Math.floor(x * mask.width)] as number;
  return { share: inside / all, area: area / evidence.length, peak: hottest(map).some((point) => at(point) >= 0.5) };
}

/** In parts of the picture's sides, below 1. */
interface Point {
  x: number;
  y: number;
}

/** Cells that differ by less, relative to the largest value, are equally hot: float32 rounding over a deep network. */
const noise = 1e-6;

/** Centres of the cells with the largest positive value: bilinear interpolation is nowhere larger. */
function hottest({ values, width, height }: CellMap): Point[] {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  if (most === 0) return [];
  return Array.from(values.keys())
    .filter((cell) => (values[cell] as number) >= most * (1 - noise))
    .map((cell) => ({ x: ((cell % width) + 0.5) / width, y: (Math.floor(cell / width) + 0.5) / height }));
}

/** The map in at most `most` cells a side: means over the area of each new cell. */
export function averagedCells(map: CellMap, most: number): CellMap {
  const [height, width] = [Math.min(most, map.height), Math.min(most, map.width)];
  if (height === map.height && width === map.width) return map;
  return { values: areaMeans(map.values, [map.height, map.width], [height, width]), height, width };
}
