import type { Tensor } from '@tensorflow/tfjs-core';
import { refusal } from '../refuse.ts';
import { type Channels, storedAxis, type Tf, type Value } from '../value.ts';
import type { Kernel, KernelsOf } from './kernel.ts';
import { spatialMean } from './pool.ts';

type Reduction = (tf: Tf, x: Tensor, axes: number[], keepdims: boolean) => Tensor;

/** The order in memory in which axes are reduced, and that of the result. */
function orders(x: Value, axes: readonly number[], keepdims: boolean): { from: Channels; to: Channels } {
  if (x.channels === 'first' || axes.includes(0)) return { from: 'first', to: 'first' };
  // Without its channels, or with nothing but them, the rest lies in the graph's order.
  return { from: 'last', to: keepdims || !axes.includes(1) ? 'last' : 'first' };
}

function reduce(f: Reduction): Kernel<'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceMin'> {
  return ({ tf, node, value }) =>
    (input) => {
      const { axes, keepdims } = node.attrs;
      const x = input(0);
      const { from, to } = orders(x, axes, keepdims);
      const stored = axes.map((axis) => storedAxis(axis, x.rank, from)).sort((a, b) => a - b);
      return value(f(tf, x.in(from), stored, keepdims), to);
    };
}

const isSpatial = (x: Tensor, axes: readonly number[]) => x.rank === 4 && axes.length === 2 && axes[0] === 1 && axes[1] === 2;

function mean(tf: Tf, x: Tensor, axes: number[], keepdims: boolean): Tensor {
  if (!isSpatial(x, axes)) return tf.mean(x, axes, keepdims);
  const means = spatialMean(tf, x);
  return keepdims ? tf.reshape(means, [x.shape[0] as number, 1, 1, x.shape[3] as number]) : means;
}

const argMax: Kernel<'ArgMax'> =
  ({ tf, node, value }) =>
  (input) => {
    const { axis, keepdims } = node.attrs;
    const x = input(0);
    const { from, to } = orders(x, [axis], keepdims);
    const stored = storedAxis(axis, x.rank, from);
    const index = tf.argMax(x.in(from), stored);
    return value(keepdims ? tf.expandDims(index, stored) : index, to);
  };

const reduceMean: Kernel<'ReduceMean'> = (site) => {
  const step = reduce(mean)(site);
  const where = site.node.outputs[0] ?? 'ReduceMean';
  return (input) => {
    if (input(0).tensor.dtype !== 'float32')
      throw refusal(where, `ReduceMean '${where}' takes the mean of integers, which TensorFlow.js rounds another way`);
    return step(input);
  };
};

export const reduction: KernelsOf<'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceMin' | 'ArgMax'> = {
  ReduceMean: reduceMean,
  ReduceSum: reduce((tf, x, axes, keepdims) => tf.sum(x, axes, keepdims)),
  ReduceMax: reduce((tf, x, axes, keepdims) => tf.max(x, axes, keepdims)),
  ReduceMin: reduce((tf, x, axes, keepdims) => tf.min(x, axes, keepdims)),
  ArgMax: argMax,
};
