import type { Interpolation } from '../shared/sidecar.ts';

/**
 * Resizing of 8 bit pixels, bit for bit as Pillow's `Image.resize(size, resample, box)` does it (Resample.c): separable,
 * half-pixel centres, weights in 22 bit fixed point, rounded to 8 bit after each pass. Without antialias the kernel is not
 * widened when shrinking, which is what tf.image.resize and tfjs resizeBilinear (half pixel) do.
 */
export interface Pixels {
  width: number;
  height: number;
  channels: number;
  /** [height·width·channels] */
  data: Uint8Array;
}

/** Part of the source that becomes the whole result, in source pixels; need not be whole numbers. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface ResampleOptions {
  width: number;
  height: number;
  box?: Box;
  interpolation?: Interpolation;
  antialias?: boolean;
}

export function resample(source: Pixels, options: ResampleOptions): Pixels {
  const { width, height, interpolation = 'bilinear', antialias = true } = options;
  const box = options.box ?? { x: 0, y: 0, width: source.width, height: source.height };
  if (interpolation === 'nearest') return nearest(source, { width, height, box });
  const kernel = kernels[interpolation];
  const columns = weigh(kernel, { start: box.x, length: box.width, inSize: source.width, outSize: width, antialias });
  const rows = weigh(kernel, { start: box.y, length: box.height, inSize: source.height, outSize: height, antialias });
  return vertical(horizontal(source, columns, rows), rows);
}

interface Kernel {
  /** Half width in pixels. */
  support: number;
  at(x: number): number;
}

const kernels: Record<Exclude<Interpolation, 'nearest'>, Kernel> = {
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, at: (x) => cubic(Math.abs(x)) },
};

/** Keys' cubic with a = −0.5. */
function cubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);

/** For each output position: first source position, and the weights from there on, in fixed point. */
interface Weights {
  outSize: number;
  first: Int32Array;
  weights: readonly Int32Array[];
}

interface Axis {
  start: number;
  length: number;
  inSize: number;
  outSize: number;
  antialias: boolean;
}

function weigh(kernel: Kernel, { start, length, inSize, outSize, antialias }: Axis): Weights {
  const scale = length / outSize;
  const widen = antialias ? Math.max(1, scale) : 1;
  const support = kernel.support * widen;
  const first = new Int32Array(outSize);
  const weights: Int32Array[] = [];
  for (let out = 0; out < outSize; out++) {
    const center = start + (out + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - support + 0.5));
    const to = Math.min(inSize, Math.trunc(center + support + 0.5));
    const raw = Array.from({ length: to - from }, (_, i) => kernel.at((from + i - center + 0.5) / widen));
    const sum = raw.reduce((a, b) => a + b, 0);
    first[out] = from;
    weights.push(Int32Array.from(raw, (w) => fixed(sum === 0 ? w : w / sum)));
  }
  return { outSize, first, weights };
}

function fixed(weight: number): number {
  return Math.trunc(weight * 2 ** PRECISION + (weight < 0 ? -0.5 : 0.5));
}

/** First pass; rows that the second pass does not read are left out (kept as 0). */
function horizontal(source: Pixels, columns: Weights, rows: Weights): Pixels {
  const { channels, height } = source;
  const { outSize } = columns;
  const out = new Uint8ClampedArray(outSize * height * channels);
  const top = rows.first[0] ?? 0;
  const last = rows.outSize - 1;
  const bottom = (rows.first[last] ?? 0) + (rows.weights[last]?.length ?? 0);
  const pass = channels === 3 ? threeChannels : anyChannels;
  for (let y = top; y < bottom; y++) pass(source, columns, y, out);
  return { width: outSize, height, channels, data: bytesOf(out) };
}

/** One row. */
function anyChannels({ data, channels, width }: Pixels, { outSize, first, weights }: Weights, y: number, out: Uint8ClampedArray): void {
  for (let x = 0; x < outSize; x++) {
    const w = weights[x]!;
    const at = (y * width + first[x]!) * channels;
    for (let c = 0; c < channels; c++) {
      let sum = HALF;
      for (let i = 0; i < w.length; i++) sum += data[at + i * channels + c]! * w[i]!;
      out[(y * outSize + x) * channels + c] = sum >> PRECISION;
    }
  }
}

/** The same for RGB in one sweep: most of the time of a prediction on a large photograph is spent here. */
function threeChannels({ data, width }: Pixels, { outSize, first, weights }: Weights, y: number, out: Uint8ClampedArray): void {
  for (let x = 0, to = y * outSize * 3; x < outSize; x++, to += 3) {
    const w = weights[x]!;
    let red = HALF;
    let green = HALF;
    let blue = HALF;
    for (let i = 0, from = (y * width + first[x]!) * 3; i < w.length; i++, from += 3) {
      const weight = w[i]!;
      red = (red + Math.imul(data[from]!, weight)) | 0;
      green = (green + Math.imul(data[from + 1]!, weight)) | 0;
      blue = (blue + Math.imul(data[from + 2]!, weight)) | 0;
    }
    out[to] = red >> PRECISION;
    out[to + 1] = green >> PRECISION;
    out[to + 2] = blue >> PRECISION;
  }
}

/** Second pass, row by row: memory is read in its order. */
function vertical(source: Pixels, { outSize, first, weights }: Weights): Pixels {
  const { channels, width, data } = source;
  const stride = width * channels;
  const out = new Uint8ClampedArray(outSize * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < outSize; y++) {
    const w = weights[y]!;
    sums.fill(HALF);
    for (let i = 0; i < w.length; i++) {
      const weight = w[i]!;
      const at = (first[y]! + i) * stride;
      for (let x = 0; x < stride; x++) sums[x] = (sums[x]! + Math.imul(data[at + x]!, weight)) | 0;
    }
    for (let x = 0; x < stride; x++) out[y * stride + x] = sums[x]! >> PRECISION;
  }
  return { width, height: outSize, channels, data: bytesOf(out) };
}

function nearest(source: Pixels, { width, height, box }: { width: number; height: number; box: Box }): Pixels {
  const { channels } = source;
  const data = new Uint8Array(width * height * channels);
  const columns = nearestPositions(box.x, box.width / width, { outSize: width, inSize: source.width });
  const rows = nearestPositions(box.y, box.height / height, { outSize: height, inSize: source.height });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (rows[y]! * source.width + columns[x]!) * channels;
      for (let c = 0; c < channels; c++) data[(y * width + x) * channels + c] = source.data[from + c]!;
    }
  }
  return { width, height, channels, data };
}

/** Source position under each centre. Steps are summed, not multiplied, so that ties fall as in Pillow (Geometry.c). */
function nearestPositions(start: number, step: number, { outSize, inSize }: { outSize: number; inSize: number }): Int32Array {
  const positions = new Int32Array(outSize);
  for (let out = 0, at = start + step * 0.5; out < outSize; out++, at += step) positions[out] = Math.min(inSize - 1, Math.floor(at));
  return positions;
}

function bytesOf(clamped: Uint8ClampedArray): Uint8Array {
  return new Uint8Array(clamped.buffer, clamped.byteOffset, clamped.byteLength);
}
