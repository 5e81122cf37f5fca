import type { Tensor } from '@tensorflow/tfjs-core';
import type { OpAttrs, OpName } from '../../../graph/opset.ts';
import { storedAxis, type Tf } from '../value.ts';
import { align } from './align.ts';
import type { Kernel, KernelsOf } from './kernel.ts';

/** An element-wise operator of one input, which does not care for the order in memory. */
export function unary<O extends OpName>(f: (tf: Tf, x: Tensor, attrs: OpAttrs[O]) => Tensor): Kernel<O> {
  return ({ tf, node, value }) =>
    (input) => {
      const x = input(0);
      return value(f(tf, x.tensor, node.attrs), x.channels);
    };
}

/** min(max, max(min, x)); equal bounds, which backends refuse, included. */
function clip(tf: Tf, x: Tensor, min: number, max: number): Tensor {
  return min < max ? tf.clipByValue(x, min, max) : tf.add(tf.mul(x, 0), max);
}

const negativePart = (tf: Tf, x: Tensor) => tf.minimum(x, tf.scalar(0));

/** scale·(e^min(x,0) − 1). */
const bend = (tf: Tf, x: Tensor, scale: number) => tf.mul(tf.expm1(negativePart(tf, x)), scale);

function gelu(tf: Tf, x: Tensor, { approximate }: OpAttrs['Gelu']): Tensor {
  const half = tf.mul(x, 0.5);
  if (approximate === 'none') return tf.mul(half, tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
  const inner = tf.mul(x, tf.add(tf.mul(tf.square(x), Math.sqrt(2 / Math.PI) * 0.044715), Math.sqrt(2 / Math.PI)));
  return tf.mul(half, tf.add(tf.tanh(inner), 1));
}

/** ln(1 + e^x) without overflow: max(x, 0) + ln(1 + e^−|x|). */
const softplus = (tf: Tf, x: Tensor) => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));

/** x less its maximum along an axis. */
const shifted = (tf: Tf, x: Tensor, axis: number) => tf.sub(x, tf.max(x, axis, true));

function alongAxis<O extends 'Softmax' | 'LogSoftmax'>(f: (tf: Tf, x: Tensor, axis: number) => Tensor): Kernel<O> {
  return ({ tf, node, value }) =>
    (input) => {
      const x = input(0);
      return value(f(tf, x.tensor, storedAxis(node.attrs.axis, x.rank, x.channels)), x.channels);
    };
}

function softmax(tf: Tf, x: Tensor, axis: number): Tensor {
  const e = tf.exp(shifted(tf, x, axis));
  return tf.div(e, tf.sum(e, axis, true));
}

function logSoftmax(tf: Tf, x: Tensor, axis: number): Tensor {
  const s = shifted(tf, x, axis);
  return tf.sub(s, tf.log(tf.sum(tf.exp(s), axis, true)));
}

const pRelu: Kernel<'PRelu'> =
  ({ tf, value }) =>
  (input) => {
    const { tensors, channels } = align(tf, [input(0), input(1)]);
    const [x, slope] = tensors as [Tensor, Tensor];
    return value(tf.add(tf.relu(x), tf.mul(slope, negativePart(tf, x))), channels);
  };

/** Sums beyond 2^23 have no fraction: adding it rounds to the nearest integer, half to even, as float32 does everything. */
const ROUNDS = 1.5 * 2 ** 23;

const fakeQuantize: Kernel<'FakeQuantize'> =
  ({ tf, node, value }) =>
  (input) => {
    const { tensors, channels } = align(tf, [input(0), input(1), input(2)]);
    const [x, scale, zero] = tensors as [Tensor, Tensor, Tensor];
    const steps = tf.sub(tf.add(clip(tf, tf.div(x, scale), -(2 ** 21), 2 ** 21), ROUNDS), ROUNDS);
    const code = clip(tf, tf.add(steps, zero), node.attrs.low, node.attrs.high);
    return value(tf.mul(tf.sub(code, zero), scale), channels);
  };

export const activation: KernelsOf<
  | 'Relu'
  | 'LeakyRelu'
  | 'PRelu'
  | 'Clip'
  | 'Sigmoid'
  | 'Tanh'
  | 'HardSigmoid'
  | 'HardSwish'
  | 'SiLU'
  | 'Gelu'
  | 'Elu'
  | 'Selu'
  | 'Softplus'
  | 'Softsign'
  | 'Mish'
  | 'Erf'
  | 'FakeQuantize'
  | 'Softmax'
  | 'LogSoftmax'
> = {
  Relu: unary((tf, x) => tf.relu(x)),
  LeakyRelu: unary((tf, x, { alpha }) => tf.add(tf.relu(x), tf.mul(negativePart(tf, x), alpha))),
  PRelu: pRelu,
  Clip: unary((tf, x, { min, max }) => clip(tf, x, min, max)),
  Sigmoid: unary((tf, x) => tf.sigmoid(x)),
  Tanh: unary((tf, x) => tf.tanh(x)),
  // alpha may be 2^126, a step: the product overflows to infinity and is clipped.
  HardSigmoid: unary((tf, x, { alpha, beta }) => {
    const scaled = tf.mul(x, alpha);
    return tf.clipByValue(beta === 0 ? scaled : tf.add(scaled, beta), 0, 1);
  }),
  HardSwish: unary((tf, x) => tf.mul(x, tf.clipByValue(tf.add(tf.mul(x, 1 / 6), 0.5), 0, 1))),
  SiLU: unary((tf, x) => tf.mul(x, tf.sigmoid(x))),
  Gelu: unary(gelu),
  Elu: unary((tf, x, { alpha }) => tf.add(tf.relu(x), bend(tf, x, alpha))),
  Selu: unary((tf, x, { alpha, gamma }) => tf.add(tf.mul(tf.relu(x), gamma), bend(tf, x, alpha * gamma))),
  Softplus: unary(softplus),
  Softsign: unary((tf, x) => tf.div(x, tf.add(tf.abs(x), 1))),
  Mish: unary((tf, x) => tf.mul(x, tf.tanh(softplus(tf, x)))),
  Erf: unary((tf, x) => tf.erf(x)),
  FakeQuantize: fakeQuantize,
  Softmax: alongAxis(softmax),
  LogSoftmax: alongAxis(logSoftmax),
};
