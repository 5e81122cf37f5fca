import { channelsIn, type Preprocessing } from '../shared/sidecar.ts';
import { type InputSize, planes } from './preprocess.ts';
import type { Pixels } from './resample.ts';

/** Longest side. */
const maxSide = 32;

/** Size of `smallPixels`: R G B, or grey. */
export function smallSize({ height, width }: InputSize, { channels }: Preprocessing): Omit<Pixels, 'data'> {
  const shrink = Math.min(1, maxSide / Math.max(height, width));
  const side = (length: number) => Math.max(1, Math.round(length * shrink));
  return { width: side(width), height: side(height), channels: channelsIn(channels) === 1 ? 1 : 3 };
}

/**
 * What the network is fed, [C,H,W], undone to pixels and reduced to at most 32 a side by the mean over areas. Transparent pixels
 * are on black.
 */
export function smallPixels(tensor: Float32Array, how: Preprocessing, input: InputSize): Pixels {
  const { width, height, channels } = smallSize(input, how);
  const [columns, rows] = [shares(input.width, width), shares(input.height, height)];
  const area = input.height * input.width;
  const planeOf = new Map(planes[how.channels].map((position, c) => [position, tensor.subarray(c * area, (c + 1) * area)]));
  const means = new Map([...planeOf].map(([position, plane]) => [position, areaMeans(plane, columns, rows)]));
  const undone = (position: number, i: number) => {
    const c = planes[how.channels].indexOf(position);
    return (((means.get(position) as Float64Array)[i] as number) * (how.std[c] as number) + (how.mean[c] as number)) / how.scale;
  };
  const data = new Uint8ClampedArray(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const opaque = means.has(3) ? undone(3, i) / 255 : 1;
    for (let c = 0; c < channels; c++) data[i * channels + c] = undone(c, i) * opaque;
  }
  return { width, height, channels, data: new Uint8Array(data.buffer) };
}

/** For each cell of a shorter axis: where it begins, and what share each of its pixels has. */
interface Shares {
  first: number;
  weights: Float64Array;
}

function shares(from: number, to: number): Shares[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * scale, (i + 1) * scale];
    const first = Math.floor(start);
    const last = Math.min(from, Math.ceil(end - 1e-9));
    const weights = Float64Array.from(
      { length: last - first },
      (_, j) => (Math.min(end, first + j + 1) - Math.max(start, first + j)) / scale,
    );
    return { first, weights };
  });
}

/** [rows,columns] of a plane [H,W]. */
function areaMeans(plane: Float32Array, columns: readonly Shares[], rows: readonly Shares[]): Float64Array {
  const stride = plane.length / heightOf(rows);
  const out = new Float64Array(rows.length * columns.length);
  const line = new Float64Array(stride);
  for (const [y, { first, weights }] of rows.entries()) {
    line.fill(0);
    for (let j = 0; j < weights.length; j++) addRow(line, plane, (first + j) * stride, weights[j] as number);
    for (const [x, column] of columns.entries()) out[y * columns.length + x] = weighted(line, column);
  }
  return out;
}

function addRow(line: Float64Array, plane: Float32Array, at: number, weight: number): void {
  for (let x = 0; x < line.length; x++) line[x] = (line[x] as number) + (plane[at + x] as number) * weight;
}

function weighted(line: Float64Array, { first, weights }: Shares): number {
  let sum = 0;
  for (let j = 0; j < weights.length; j++) sum += (line[first + j] as number) * (weights[j] as number);
  return sum;
}

function heightOf(rows: readonly Shares[]): number {
  const last = rows.at(-1);
  return last ? last.first + last.weights.length : 0;
}
