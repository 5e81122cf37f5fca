import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { OpAttrs, Pads, Pair } from '../../../graph/opset.ts';
import type { Tf } from '../value.ts';
import { maxPoolWithIndices } from './host.ts';
import type { Kernel, KernelsOf, Site } from './kernel.ts';
import { fromHost, take } from './pieces.ts';
import { extents, isOne } from './window.ts';

/** Below every float32 there is: padding that never wins. */
const LOWEST = -3.4028234663852886e38;

type Pool = 'MaxPool' | 'AveragePool';

/** A window that slides over an input of known size; ceil mode and pads are turned into pads at the end. */
interface Sliding {
  kernel: Pair;
  strides: Pair;
  dilations: Pair;
  pads: Pads;
  input: Pair;
  output: Pair;
}

function sliding({ node, sizes, outputSizes }: Site<Pool>): Sliding {
  const { kernel, strides, dilations, pads } = node.attrs;
  const [, , height, width] = sizes(0) as [number, number, number, number];
  const [, , rows, columns] = outputSizes(0) as [number, number, number, number];
  const reach = extents(kernel, dilations);
  // The cells that the windows cover, no more and no less.
  const end = (input: number, output: number, k: 0 | 1) => Math.max(0, (output - 1) * strides[k] + reach[k] - input - pads[k]);
  return {
    kernel,
    strides,
    dilations,
    pads: [pads[0], pads[1], end(height, rows, 0), end(width, columns, 1)],
    input: [height, width],
    output: [rows, columns],
  };
}

function padded(tf: Tf, x: Tensor, [top, left, bottom, right]: Pads, value: number): Tensor {
  if (top + left + bottom + right === 0) return x;
  return tf.pad(
    x,
    [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    value,
  );
}

const pair = (p: Pair): [number, number] => [p[0], p[1]];

const maxPool: Kernel<'MaxPool'> = (site) => {
  const { tf, backend, node, value } = site;
  const window = sliding(site);
  const { kernel, strides, output } = window;
  if (node.outputs.length > 1 || !isOne(window.dilations)) return withIndices(site, window);
  // Backends refuse windows of one cell, or compute nonsense.
  if (isOne(kernel)) {
    return (input) => {
      const x = padded(tf, input(0).last, window.pads, LOWEST);
      const runs = ([0, 1] as const).map((k) => ({ axis: k + 1, start: 0, count: output[k], step: strides[k] }));
      return value(take(tf, backend, x, runs), 'last');
    };
  }
  return (input) =>
    value(tf.maxPool(padded(tf, input(0).last, window.pads, LOWEST) as Tensor4D, pair(kernel), pair(strides), 'valid'), 'last');
};

function withIndices({ tf, value, node }: Site<'MaxPool'>, { pads, ...window }: Sliding): ReturnType<Kernel<'MaxPool'>> {
  return (input) => {
    const x = input(0).last;
    const { values, indices } = maxPoolWithIndices(x.dataSync(), x.shape, { ...window, begin: [pads[0], pads[1]] });
    const shape = [x.shape[0] as number, ...window.output, x.shape[3] as number];
    const made = value(fromHost(tf, values, shape, 'float32'), 'last');
    return node.outputs.length > 1 ? [made, value(fromHost(tf, indices, shape, 'int32'), 'last')] : made;
  };
}

/** Sums over whole windows, zeros in the padding, times 1 / number of cells that count. */
const averagePool: Kernel<'AveragePool'> = (site) => {
  const { tf, value } = site;
  const window = sliding(site);
  const { kernel, strides, dilations, pads } = window;
  const even = pads.every((p) => p === 0);
  const area = kernel[0] * kernel[1];
  // One cell or a dilated window: backends have no average for it, but a convolution with equal weights.
  const convolved = isOne(kernel) || !isOne(dilations);
  const channels = site.sizes(0)[1] as number;
  const weights = convolved ? site.keep(() => tf.fill([...kernel, channels, 1], 1 / area)) : undefined;
  const share = even ? undefined : site.keep(() => shares(tf, site, window));
  return (input) => {
    const x = padded(tf, input(0).last, pads, 0) as Tensor4D;
    const mean = weights
      ? tf.depthwiseConv2d(x, weights as Tensor4D, pair(strides), 'valid', 'NHWC', pair(dilations))
      : tf.avgPool(x, pair(kernel), pair(strides), 'valid');
    return value(share ? tf.mul(mean, share) : mean, 'last');
  };
};

/** Kernel area / number of cells that count, per output position: [1, H', W', 1]. */
function shares(tf: Tf, { node }: Site<'AveragePool'>, { kernel, strides, dilations, input, output }: Sliding): Tensor {
  const { pads, countIncludePad } = (node as { attrs: OpAttrs['AveragePool'] }).attrs;
  const counts = (k: 0 | 1) =>
    Array.from({ length: output[k] }, (_, o) => {
      const [low, high] = countIncludePad ? [-pads[k], input[k] + pads[(k + 2) as 2 | 3]] : [0, input[k]];
      const cells = Array.from({ length: kernel[k] }, (_unused, i) => o * strides[k] - pads[k] + i * dilations[k]);
      return cells.filter((c) => c >= low && c < high).length;
    });
  const columns = counts(1);
  const area = kernel[0] * kernel[1];
  return tf.tensor4d(
    counts(0).flatMap((r) => columns.map((c) => area / (r * c))),
    [1, output[0], output[1], 1],
  );
}

/** Mean over rows and columns of a channels-last image, as [N, C]. Pooling reads it as it lies, ten times as fast as a sum that transposes. */
export function spatialMean(tf: Tf, x: Tensor): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  // First along rows: short sums round less.
  const rows = w === 1 ? x : tf.avgPool(x as Tensor4D, [1, w], 1, 'valid');
  const all = h === 1 ? rows : tf.avgPool(rows as Tensor4D, [h, 1], 1, 'valid');
  return tf.reshape(all, [n, c]);
}

export const pool: KernelsOf<Pool | 'GlobalAveragePool' | 'GlobalMaxPool'> = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool:
    ({ tf, value }) =>
    (input) => {
      const [n, c] = input(0).shape as [number, number];
      return value(tf.reshape(spatialMean(tf, input(0).last), [n, 1, 1, c]), 'last');
    },
  GlobalMaxPool:
    ({ tf, value }) =>
    (input) => {
      const [n, c] = input(0).shape as [number, number];
      return value(tf.reshape(tf.max(input(0).last, [1, 2]), [n, 1, 1, c]), 'last');
    },
};
