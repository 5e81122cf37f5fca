import type { Tensor } from '@tensorflow/tfjs-core';
import type { Pads, Pair } from '../../../graph/opset.ts';
import type { Tf } from '../value.ts';
import { biasOf, type Convolution, convolve, convolveDepthwise, dilated } from './conv.ts';
import type { Inputs, Kernel, Site } from './kernel.ts';
import { cropOrPad } from './pieces.ts';
import { extents, isOne } from './window.ts';

/**
 * A transposed convolution is written as a plain one, which is ten times as fast on wasm as its own kernel and also there
 * for depthwise filters: for stride 1 with the mirrored filter, for other strides by one convolution per place within a
 * stride (sub-pixel convolution, Shi et al., CVPR 2016), for filters per channel by zeros between the cells.
 */
export const convTranspose: Kernel<'ConvTranspose'> = (site) => {
  const { tf, backend, value } = site;
  const full = fullOutput(site);
  const [begin, size] = window(site);
  const bias = biasOf(site);
  return (input) => {
    const y = cropOrPad(tf, backend, full(input), begin, size);
    const b = bias(input);
    return value(b ? tf.add(y, b) : y, 'last');
  };
};

/** Where the output lies in the transposed convolution without padding. */
function window({ node, sizes }: Site<'ConvTranspose'>): [Pair, Pair] {
  const { strides, dilations, pads, outputPadding } = node.attrs;
  const [, , height, width] = sizes(0) as [number, number, number, number];
  const reach = extents(sizes(1).slice(2) as [number, number], dilations);
  const size = (input: number, k: 0 | 1) => (input - 1) * strides[k] + reach[k] - pads[k] - pads[(k + 2) as 2 | 3] + outputPadding[k];
  return [
    [pads[0], pads[1]],
    [size(height, 0), size(width, 1)],
  ];
}

/** The transposed convolution without padding: at least up to the last cell that gets anything. */
function fullOutput(site: Site<'ConvTranspose'>): (inputs: Inputs) => Tensor {
  const { tf, node } = site;
  const { strides, dilations, group } = node.attrs;
  const channels = site.sizes(0)[1] as number;
  if (group > 1 && group === channels) {
    const filter = site.weight(1, 'mirrored', (w) => mirrored(tf, w));
    return (input) => convolveDepthwise(tf, stuffed(tf, input(0).last, strides), filter(input), around(site, dilations));
  }
  if (group > 1) return grouped(site);
  if (isOne(strides)) {
    const filter = site.weight(1, 'mirrored', (w) => mirrored(tf, w));
    return (input) => convolve(tf, input(0).last, filter(input), around(site, dilations));
  }
  return subPixel(site);
}

/** [C, O, kH, kW] to [kH, kW, C, O] with rows and columns reversed. */
function mirrored(tf: Tf, w: Tensor): Tensor {
  return tf.reverse(tf.transpose(w, [2, 3, 0, 1]), [0, 1]);
}

/** The plain convolution in which every cell meets the whole kernel. */
function around({ sizes }: Site<'ConvTranspose'>, dilations: Pair): Convolution {
  const [eH, eW] = extents(sizes(1).slice(2) as [number, number], dilations);
  return { strides: [1, 1], dilations, pads: [eH - 1, eW - 1, eH - 1, eW - 1] };
}

/** Zeros between the cells, and behind the last. */
function stuffed(tf: Tf, x: Tensor, [sH, sW]: Pair): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const columns =
    sW === 1
      ? x
      : tf.pad(tf.reshape(x, [n * h * w, 1, c]), [
          [0, 0],
          [0, sW - 1],
          [0, 0],
        ]);
  const rows =
    sH === 1
      ? columns
      : tf.pad(tf.reshape(columns, [n * h, 1, w * sW * c]), [
          [0, 0],
          [0, sH - 1],
          [0, 0],
        ]);
  return tf.reshape(rows, [n, h * sH, w * sW, c]);
}

function grouped(site: Site<'ConvTranspose'>): (inputs: Inputs) => Tensor {
  const { tf, node } = site;
  const { strides, dilations, group } = node.attrs;
  const filters = Array.from({ length: group }, (_, g) =>
    site.weight(1, `mirrored:${group}:${g}`, (w) => {
      const channels = (w.shape[0] as number) / group;
      return mirrored(tf, tf.slice(w, [g * channels, 0, 0, 0], [channels, ...w.shape.slice(1)]));
    }),
  );
  return (input) => {
    const parts = tf.split(stuffed(tf, input(0).last, strides), group, 3);
    return tf.concat(
      filters.map((filter, g) => convolve(tf, parts[g] as Tensor, filter(input), around(site, dilations))),
      3,
    );
  };
}

function subPixel(site: Site<'ConvTranspose'>): (inputs: Inputs) => Tensor {
  const { tf, node, sizes } = site;
  const { strides, dilations } = node.attrs;
  const reach = extents(sizes(1).slice(2) as [number, number], dilations);
  if (isOne(reach)) {
    // Only the first place within a stride gets anything.
    const filter = site.weight(1, 'mirrored', (w) => mirrored(tf, w));
    return (input) => stuffed(tf, convolve(tf, input(0).last, filter(input), around(site, [1, 1])), strides);
  }
  const taps: Pair = [Math.ceil(reach[0] / strides[0]), Math.ceil(reach[1] / strides[1])];
  const pads: Pads = [taps[0] - 1, taps[1] - 1, taps[0] - 1, taps[1] - 1];
  const filter = site.weight(1, `phases:${strides}:${dilations}`, (w) => phases(tf, w, taps, strides, dilations));
  return (input) => interleaved(tf, convolve(tf, input(0).last, filter(input), { strides: [1, 1], dilations: [1, 1], pads }), strides);
}

/** [C, O, kH, kW] to [tH, tW, C, sH·sW·O]: the taps that meet each place within a stride, as output channels, mirrored. */
function phases(tf: Tf, w: Tensor, [tH, tW]: Pair, [sH, sW]: Pair, dilations: Pair): Tensor {
  const kernel = dilated(tf, tf.transpose(w, [2, 3, 0, 1]), dilations);
  const [kH, kW, inputs, outputs] = kernel.shape as [number, number, number, number];
  const whole = tf.pad(kernel, [
    [0, tH * sH - kH],
    [0, tW * sW - kW],
    [0, 0],
    [0, 0],
  ]);
  const apart = tf.transpose(tf.reshape(whole, [tH, sH, tW, sW, inputs, outputs]), [0, 2, 4, 1, 3, 5]);
  return tf.reverse(tf.reshape(apart, [tH, tW, inputs, sH * sW * outputs]), [0, 1]);
}

/** [N, H, W, sH·sW·O] to [N, H·sH, W·sW, O]. */
function interleaved(tf: Tf, x: Tensor, [sH, sW]: Pair): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const outputs = c / (sH * sW);
  const rows = tf.transpose(tf.reshape(x, [n * h, w, sH, sW * outputs]), [0, 2, 1, 3]);
  return tf.reshape(rows, [n, h * sH, w * sW, outputs]);
}
