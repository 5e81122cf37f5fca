/**
 * Loops over plain arrays for what no backend has (indices of max pooling, sums by index) and for moves of small pieces, in
 * which the wasm backend is ten times slower than these loops.
 */
export type HostArray = Float32Array | Int32Array | Uint8Array;

/** An array of the same element type. */
function sameKind(data: HostArray, length: number): HostArray {
  if (data instanceof Float32Array) return new Float32Array(length);
  return data instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length);
}

/** Row-major strides, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let k = shape.length - 2; k >= 0; k--) strides[k] = (strides[k + 1] as number) * (shape[k + 1] as number);
  return strides;
}

/** From here on a piece is copied faster as a whole than element by element. */
const LONG = 32;

/** What out[i, j, …] = data[offset + i·strides[0] + j·strides[1] + …] gives; strides may be negative or 0. */
export function stridedCopy(data: HostArray, offset: number, shape: readonly number[], strides: readonly number[]): HostArray {
  const count = shape.reduce((n, d) => n * d, 1);
  const out = sameKind(data, count);
  const inner = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 1;
  const index = new Array<number>(Math.max(0, shape.length - 1)).fill(0);
  let from = offset;
  for (let to = 0; to < count; to += inner) {
    if (step === 1 && inner >= LONG) out.set(data.subarray(from, from + inner), to);
    else for (let i = 0, p = from; i < inner; i++, p += step) out[to + i] = data[p] as number;
    for (let k = index.length - 1; k >= 0; k--) {
      const i = (index[k] as number) + 1;
      from += strides[k] as number;
      if (i < (shape[k] as number)) {
        index[k] = i;
        break;
      }
      index[k] = 0;
      from -= i * (strides[k] as number);
    }
  }
  return out;
}

export interface PoolGeometry {
  kernel: readonly [number, number];
  strides: readonly [number, number];
  dilations: readonly [number, number];
  /** Rows above, columns to the left. */
  begin: readonly [number, number];
  output: readonly [number, number];
}

export interface Winners {
  values: Float32Array;
  /** Into the flattened [N·C·H·W] input. */
  indices: Int32Array;
}

/** Maximum over a window with the winner's place, on a channels-last image; among equals the first in row-major order wins. */
export function maxPoolWithIndices(data: HostArray, shape: readonly number[], pool: PoolGeometry): Winners {
  const [images, height, width, channels] = shape as [number, number, number, number];
  const [rows, columns] = pool.output;
  const values = new Float32Array(images * rows * columns * channels).fill(Number.NEGATIVE_INFINITY);
  const indices = new Int32Array(values.length);
  const [area, cells] = [height * width, pool.kernel[0] * pool.kernel[1]];
  for (let o = 0, to = 0; to < values.length; o++, to += channels) {
    const [image, row, column] = [Math.floor(o / (rows * columns)), Math.floor(o / columns) % rows, o % columns];
    let seen = false;
    for (let k = 0; k < cells; k++) {
      const y = row * pool.strides[0] - pool.begin[0] + Math.floor(k / pool.kernel[1]) * pool.dilations[0];
      const x = column * pool.strides[1] - pool.begin[1] + (k % pool.kernel[1]) * pool.dilations[1];
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      const place = y * width + x;
      const from = (image * area + place) * channels;
      const index = image * channels * area + place;
      for (let c = 0; c < channels; c++) {
        const v = data[from + c] as number;
        if (seen && !(v > (values[to + c] as number))) continue;
        values[to + c] = v;
        indices[to + c] = index + c * area;
      }
      seen = true;
    }
  }
  return { values, indices };
}

/** data plus each update at its index along the middle axis of [outer, size, inner]; updates are [outer, count, inner]. */
export function scatterAdd(data: HostArray, indices: HostArray, updates: HostArray, outer: number, size: number, inner: number): HostArray {
  const out = data.slice();
  const count = updates.length / (outer * inner);
  for (let i = 0; i < updates.length; i++) {
    const index = indices[i] as number;
    const at = index < 0 ? index + size : index;
    if (!(at >= 0 && at < size)) throw new RangeError(`index ${index} is outside of ${size}`);
    const to = (Math.floor(i / (count * inner)) * size + at) * inner + (i % inner);
    out[to] = (out[to] as number) + (updates[i] as number);
  }
  return out;
}
