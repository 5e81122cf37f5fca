import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf, Value } from '../value.ts';
import { broadcastTo } from './align.ts';
import { conv } from './conv.ts';
import { convTranspose } from './convTranspose.ts';
import type { Inputs, Kernel, KernelsOf, Site } from './kernel.ts';

const gemm: Kernel<'Gemm'> = (site) => {
  const { tf, node, value } = site;
  const { transA, transB, alpha, beta } = node.attrs;
  // A transposed right side is slow on wasm; weights are turned once.
  const right = site.weight(1, `gemm:${transB}`, (w) => (transB ? tf.transpose(w) : tf.clone(w)));
  return (input) => {
    const product = tf.matMul(input(0).first, right(input), transA, false);
    const scaled = alpha === 1 ? product : tf.mul(product, alpha);
    if (!site.has(2) || beta === 0) return value(scaled);
    const c = input(2).first;
    return value(tf.add(scaled, beta === 1 ? c : tf.mul(c, beta)));
  };
};

/** Matrix product of values of 2 or more axes, leading axes broadcast. */
const matMul: Kernel<'MatMul'> =
  ({ tf, value }) =>
  (input) => {
    const [a, b] = [input(0), input(1)];
    return value(rowTimesImage(tf, a, b) ?? product(tf, a.first, b.first));
  };

/** [N, 1, C] times [N, C, L] whose channels lie last: read as they lie, [N, L, C] times [N, C, 1]. */
function rowTimesImage(tf: Tf, a: Value, b: Value): Tensor | undefined {
  if (b.channels !== 'last' || a.rank !== 3 || b.rank !== 3 || a.shape[1] !== 1 || a.shape[0] !== b.shape[0]) return undefined;
  const [images, channels, length] = b.shape as [number, number, number];
  const columns = tf.matMul(b.last, tf.reshape(a.first, [images, channels, 1]));
  return tf.reshape(columns, [images, 1, length]);
}

function product(tf: Tf, a: Tensor, b: Tensor): Tensor {
  const [m, k, n] = [a.shape.at(-2) as number, a.shape.at(-1) as number, b.shape.at(-1) as number];
  const [leadA, leadB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const rank = Math.max(leadA.length, leadB.length);
  const at = (lead: readonly number[], i: number) => lead[i - rank + lead.length] ?? 1;
  const lead = Array.from({ length: rank }, (_, i) => (at(leadA, i) === 1 ? at(leadB, i) : at(leadA, i)));
  const count = lead.reduce((c, d) => c * d, 1);
  // One right side for all: one big product.
  if (b.size === k * n && a.size === count * m * k) {
    return tf.reshape(tf.matMul(tf.reshape(a, [count * m, k]), tf.reshape(b, [k, n])), [...lead, m, n]);
  }
  const left = tf.reshape(broadcastTo(tf, a, [...lead, m, k]), [count, m, k]);
  const right = tf.reshape(broadcastTo(tf, b, [...lead, k, n]), [count, k, n]);
  return tf.reshape(tf.matMul(left, right), [...lead, m, n]);
}

/** scale·(x − mean)/√(variance + ε) + bias as one factor and one offset per channel. */
const batchNormalization: Kernel<'BatchNormalization'> = (site) => {
  const { tf, value } = site;
  const affine = constantAffine(site) ?? ((input: Inputs) => computedAffine(site, input));
  return (input) => {
    const x = input(0);
    const { factor, offset } = affine(input);
    const along = x.channels === 'last' || x.rank < 3 ? factor.shape : [...factor.shape, ...new Array<number>(x.rank - 2).fill(1)];
    return value(tf.add(tf.mul(x.tensor, tf.reshape(factor, along)), tf.reshape(offset, along)), x.channels);
  };
};

interface Affine {
  factor: Tensor;
  offset: Tensor;
}

/** In double precision where all parameters are constants. */
function constantAffine(site: Site<'BatchNormalization'>): (() => Affine) | undefined {
  const parameters = [1, 2, 3, 4].map((i) => site.constant(i)?.data);
  const [scale, bias, mean, variance] = parameters as (ArrayLike<number> | undefined)[];
  if (!scale || !bias || !mean || !variance) return undefined;
  const factors = Float64Array.from(scale, (s, c) => s / Math.sqrt((variance[c] as number) + site.node.attrs.epsilon));
  const offsets = Float32Array.from(bias, (b, c) => b - (mean[c] as number) * (factors[c] as number));
  const factor = site.keep(() => site.tf.tensor1d(Float32Array.from(factors)));
  const offset = site.keep(() => site.tf.tensor1d(offsets));
  return () => ({ factor, offset });
}

function computedAffine({ tf, node }: Site<'BatchNormalization'>, input: Inputs): Affine {
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => input(i).first) as [Tensor, Tensor, Tensor, Tensor];
  const factor = tf.div(scale, tf.sqrt(tf.add(variance, node.attrs.epsilon)));
  return { factor, offset: tf.sub(bias, tf.mul(mean, factor)) };
}

const layerNormalization: Kernel<'LayerNormalization'> =
  ({ tf, node, value, has }) =>
  (input) => {
    const x = input(0).first;
    const axes = x.shape.map((_, k) => k).slice(node.attrs.axis);
    const centred = tf.sub(x, tf.mean(x, axes, true));
    const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), axes, true), node.attrs.epsilon));
    const scaled = tf.mul(tf.div(centred, deviation), input(1).first);
    return value(has(2) ? tf.add(scaled, input(2).first) : scaled);
  };

const lRN: Kernel<'LRN'> = ({ tf, node, value }) => {
  const { size, alpha, beta, bias } = node.attrs;
  return (input) => value(tf.localResponseNormalization(input(0).last as Tensor4D, (size - 1) / 2, bias, alpha / size, beta), 'last');
};

export const linear: KernelsOf<'Conv' | 'ConvTranspose' | 'Gemm' | 'MatMul' | 'BatchNormalization' | 'LayerNormalization' | 'LRN'> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  Gemm: gemm,
  MatMul: matMul,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  LRN: lRN,
};
