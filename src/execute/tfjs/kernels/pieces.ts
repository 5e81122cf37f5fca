import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';
import type { Tf } from '../value.ts';
import { type HostArray, stridedCopy, stridesOf } from './host.ts';
import type { BackendName } from './kernel.ts';

/** What is taken of one axis in memory: `count` cells from `start` in steps of `step`. */
export interface Run {
  axis: number;
  start: number;
  count: number;
  step: number;
}

/** More pieces than this are moved by our own loop: the wasm backend makes a view for each. */
const MANY_PIECES = 256;

/** Part of a tensor. */
export function take(tf: Tf, backend: BackendName, x: Tensor, runs: readonly Run[]): Tensor {
  const shape = [...x.shape];
  const begin = shape.map(() => 0);
  for (const { axis, start, count } of runs) {
    begin[axis] = start;
    shape[axis] = count;
  }
  const whole = runs.every((r) => r.step === 1);
  if (!whole || (backend === 'wasm' && pieces(x.shape, shape) > MANY_PIECES)) return takeOnHost(tf, x, shape, runs);
  return tf.slice(x, begin, shape);
}

/** Number of contiguous pieces a slice copies. */
function pieces(from: readonly number[], to: readonly number[]): number {
  const last = to.findLastIndex((d, k) => d !== from[k]);
  return to.slice(0, Math.max(0, last)).reduce((n, d) => n * d, 1);
}

function takeOnHost(tf: Tf, x: Tensor, shape: readonly number[], runs: readonly Run[]): Tensor {
  const strides = stridesOf(x.shape);
  let offset = 0;
  for (const { axis, start, step } of runs) {
    offset += start * (strides[axis] as number);
    strides[axis] = (strides[axis] as number) * step;
  }
  return fromHost(tf, stridedCopy(x.dataSync(), offset, shape, strides), shape, x.dtype);
}

export function fromHost(tf: Tf, data: HostArray, shape: readonly number[], dtype: Tensor['dtype']): Tensor {
  return tf.tensor(data as TensorLike, [...shape], dtype);
}

/** Rows (axis 1) and columns (axis 2) of a channels-last image from begin to its size less end; negative is added as zeros. */
export function cropOrPad(
  tf: Tf,
  backend: BackendName,
  x: Tensor,
  begin: readonly [number, number],
  size: readonly [number, number],
): Tensor {
  const have = [x.shape[1] as number, x.shape[2] as number] as const;
  const runs = ([0, 1] as const).map((k): Run => {
    const start = Math.max(0, begin[k]);
    return { axis: k + 1, start, count: Math.min(have[k], begin[k] + size[k]) - start, step: 1 };
  });
  const partial = runs.filter((r, k) => r.count !== have[k as 0 | 1]);
  const cropped = partial.length === 0 ? x : take(tf, backend, x, partial);
  const before = begin.map((b) => Math.max(0, -b)) as [number, number];
  const after = ([0, 1] as const).map((k) => size[k] - before[k] - (runs[k] as Run).count) as [number, number];
  if ([...before, ...after].every((p) => p === 0)) return cropped;
  return tf.pad(cropped, [
    [0, 0],
    [before[0], after[0]],
    [before[1], after[1]],
    [0, 0],
  ]);
}
