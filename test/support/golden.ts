import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sharedPath } from './shared.ts';

/** One array of ../shared/golden (see its README): raw little-endian values and the largest difference to accept. */
export interface GoldenArray {
  file: string;
  shape: number[];
  axes: string;
  maxAbs: number;
  tolerance: { abs: number; cosineAtLeast?: number; relL2?: number };
  layer?: string;
  image?: string;
  illConditioned?: unknown;
}

export interface GoldenModelFile {
  file: string;
  layout: 'NCHW' | 'NHWC';
  nodeToTensor?: Record<string, string>;
  nodeToLayer?: Record<string, string>;
}

export interface GoldenImage {
  key: string;
  file: string;
  shape: [number, number, number];
  targets: number[];
  inputFloatSum: number;
}

export interface Manifest {
  model: string;
  input?: { file: string };
  targets?: number[];
  /** The network's nodes. */
  graph?: { name: string; op: string; inputs: string[] }[];
  models?: GoldenModelFile[];
  images?: GoldenImage[];
  arrays: GoldenArray[];
}

/** A folder of golden arrays, or undefined where ../shared is absent. */
export class Golden {
  readonly folder: string;
  readonly manifest: Manifest;

  constructor(manifestPath: string) {
    this.folder = dirname(manifestPath);
    this.manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as Manifest;
  }

  static open(name: string): Golden | undefined {
    const path = sharedPath(`golden/${name}/manifest.json`);
    return path === undefined ? undefined : new Golden(path);
  }

  array(file: string): GoldenArray {
    const found = this.manifest.arrays.find((a) => a.file === file);
    if (!found) throw new Error(`${this.folder} has no ${file}`);
    return found;
  }

  /** Asserts that the values are those of `file`, or of the part `expected` of it, within its tolerance. */
  near(file: string, actual: Float32Array, expected = this.values(file)): void {
    const { tolerance } = this.array(file);
    const difference = largestDifference(actual, expected);
    assert.ok(difference <= tolerance.abs, `${file}: differs by ${difference}, tolerance ${tolerance.abs}`);
  }

  values(file: string): Float32Array {
    const bytes = readFileSync(join(this.folder, file));
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  }

  bytes(file: string): Uint8Array {
    return readFileSync(join(this.folder, file));
  }
}

/** Part `index` of an array along its leading axes. */
export function slice(values: Float32Array, shape: readonly number[], ...index: number[]): Float32Array {
  const size = shape.slice(index.length).reduce((n, d) => n * d, 1);
  const at = index.reduce((n, i, axis) => n * (shape[axis] as number) + i, 0);
  return values.subarray(at * size, (at + 1) * size);
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  // A NaN on either side must not pass as small.
  return a.reduce((max, v, i) => {
    const d = Math.abs(v - (b[i] as number));
    return d <= max ? max : Number.isNaN(d) ? Number.POSITIVE_INFINITY : d;
  }, 0);
}

/** Cosine similarity and relative L2 error, for gradients of deep networks (golden/README: How to compare). */
export function similarity(a: Float32Array, b: Float32Array): { cosine: number; relL2: number } {
  let [ab, aa, bb, dd] = [0, 0, 0, 0];
  a.forEach((v, i) => {
    const w = b[i] as number;
    ab += v * w;
    aa += v * v;
    bb += w * w;
    dd += (v - w) ** 2;
  });
  return { cosine: ab / Math.sqrt(aa * bb), relL2: Math.sqrt(dd / bb) };
}
