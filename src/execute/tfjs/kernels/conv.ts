import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Pads, Pair } from '../../../graph/opset.ts';
import type { Tf } from '../value.ts';
import type { Inputs, Kernel, Site } from './kernel.ts';
import { explicit, isOne } from './window.ts';

/** [O, I, kH, kW] to [kH, kW, I, O], as TensorFlow has filters. */
const toHwio = (tf: Tf, w: Tensor): Tensor => tf.transpose(w, [2, 3, 1, 0]);

/** [C·m, 1, kH, kW] to the depthwise form [kH, kW, C, m]. */
function toDepthwise(tf: Tf, w: Tensor, channels: number): Tensor {
  const [outputs, , kH, kW] = w.shape as [number, number, number, number];
  return tf.transpose(tf.reshape(w, [channels, outputs / channels, kH, kW]), [2, 3, 0, 1]);
}

/** Zeros between the rows and columns of a filter [kH, kW, …]: a dilated kernel written out. */
export function dilated(tf: Tf, filter: Tensor, [dH, dW]: Pair): Tensor {
  const [kH, kW, a, b] = filter.shape as [number, number, number, number];
  if (dH === 1 && dW === 1) return filter;
  const spread = tf.pad(tf.reshape(filter, [kH, 1, kW, 1, a * b]), [
    [0, 0],
    [0, dH - 1],
    [0, 0],
    [0, dW - 1],
    [0, 0],
  ]);
  const whole = tf.reshape(spread, [kH * dH, kW * dW, a, b]);
  return tf.slice(whole, [0, 0, 0, 0], [(kH - 1) * dH + 1, (kW - 1) * dW + 1, a, b]);
}

/** Strided or dilated: TensorFlow.js does not do both at once. */
function split(strides: Pair, dilations: Pair): { written: Pair; left: Pair } {
  const both = !isOne(strides) && !isOne(dilations);
  return both ? { written: dilations, left: [1, 1] } : { written: [1, 1], left: dilations };
}

export type Filter = (inputs: Inputs) => Tensor;

export interface Convolution {
  strides: Pair;
  dilations: Pair;
  pads: Pads;
}

/** What all convolutions of TensorFlow.js take. The fused ones take explicit padding too, but their types do not say so. */
function common({ strides, dilations, pads }: Convolution) {
  return { strides: [...strides] as [number, number], dilations: [...dilations] as [number, number], pad: explicit(pads) as 'valid' };
}

/** Convolution of a channels-last image, with a bias or none. */
export function convolve(tf: Tf, x: Tensor, filter: Tensor, convolution: Convolution, bias?: Tensor): Tensor {
  const { strides, pad, dilations } = common(convolution);
  if (!bias) return tf.conv2d(x as Tensor4D, filter as Tensor4D, strides, pad, 'NHWC', dilations);
  return tf.fused.conv2d({ x: x as Tensor4D, filter: filter as Tensor4D, strides, pad, dilations, bias });
}

/** The same with one input channel for each output channel. */
export function convolveDepthwise(tf: Tf, x: Tensor, filter: Tensor, convolution: Convolution, bias?: Tensor): Tensor {
  const { strides, pad, dilations } = common(convolution);
  if (!bias) return tf.depthwiseConv2d(x as Tensor4D, filter as Tensor4D, strides, pad, 'NHWC', dilations);
  return tf.fused.depthwiseConv2d({ x: x as Tensor4D, filter: filter as Tensor4D, strides, pad, dilations, bias });
}

export function biasOf(site: Site<'Conv' | 'ConvTranspose'>): (inputs: Inputs) => Tensor | undefined {
  return site.has(2) ? site.weight(2, 'plain', (b) => site.tf.clone(b)) : () => undefined;
}

/** One filter for each group of channels, as TensorFlow has them. */
function groupFilters(site: Site<'Conv'>, written: Pair): Filter[] {
  const { tf, node } = site;
  const { group } = node.attrs;
  return Array.from({ length: group }, (_, g) =>
    site.weight(1, `conv:${group}:${g}:${written}`, (w) => {
      const outputs = (w.shape[0] as number) / group;
      const own = group === 1 ? w : tf.slice(w, [g * outputs, 0, 0, 0], [outputs, ...w.shape.slice(1)]);
      return dilated(tf, toHwio(tf, own), written);
    }),
  );
}

export const conv: Kernel<'Conv'> = (site) => {
  const { tf, node, value } = site;
  const { strides, dilations, pads, group } = node.attrs;
  const { written, left } = split(strides, dilations);
  const attrs = { strides, dilations: left, pads };
  const bias = biasOf(site);
  const channels = site.sizes(0)[1] as number;
  if (group > 1 && group === channels) {
    const filter = site.weight(1, `depthwise:${written}`, (w) => dilated(tf, toDepthwise(tf, w, channels), written));
    return (input) => value(convolveDepthwise(tf, input(0).last, filter(input), attrs, bias(input)), 'last');
  }
  const filters = groupFilters(site, written);
  if (filters.length === 1) {
    return (input) => value(convolve(tf, input(0).last, (filters[0] as Filter)(input), attrs, bias(input)), 'last');
  }
  return (input) => {
    const parts = tf.split(input(0).last, group, 3).map((part, g) => convolve(tf, part, (filters[g] as Filter)(input), attrs));
    const joined = tf.concat(parts, 3);
    const b = bias(input);
    return value(b ? tf.add(joined, b) : joined, 'last');
  };
};
