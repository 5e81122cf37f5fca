import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { OpAttrs } from '../../../graph/opset.ts';
import { repeatedCell, resizePlace } from '../../../ops/axisMatrix.ts';
import { sliceRun } from '../../../ops/slice.ts';
import { ModelError } from '../../../shared/errors.ts';
import { refusal } from '../refuse.ts';
import { storedAxis, type Tf, type Value } from '../value.ts';
import { scatterAdd } from './host.ts';
import type { Inputs, Kernel, Site } from './kernel.ts';
import { fromHost, type Run, take } from './pieces.ts';

export const split: Kernel<'Split'> = (site) => (input) => {
  const { axis, sizes } = site.node.attrs;
  const x = input(0);
  const stored = storedAxis(axis, x.rank, x.channels);
  let start = 0;
  return sizes.map((count) => {
    const part = take(site.tf, site.backend, x.tensor, [{ axis: stored, start, count, step: 1 }]);
    start += count;
    return site.value(part, x.channels);
  });
};

export const slice: Kernel<'Slice'> = (site) => (input) => {
  const x = input(0);
  const { attrs } = site.node;
  const runs = attrs.axes.map((axis, i): Run => {
    return { ...sliceRun(attrs, i, x.shape[axis] as number), axis: storedAxis(axis, x.rank, x.channels) };
  });
  return site.value(take(site.tf, site.backend, x.tensor, runs), x.channels);
};

export const pad: Kernel<'Pad'> = (site) => {
  const { tf, node, value } = site;
  const { pads, mode, value: fill } = node.attrs;
  if (node.inputs[1]) throw refusal(node.outputs[0] as string, 'TensorFlow.js pads by what is known when it is compiled');
  const rank = pads.length / 2;
  const axes = Array.from({ length: rank }, (_, k) => k);
  const around = (k: number): [number, number] => [pads[k] as number, pads[rank + k] as number];
  if (mode === 'constant') {
    return (input) => {
      const x = input(0);
      const stored = axes.map((): [number, number] => [0, 0]);
      for (const k of axes) stored[storedAxis(k, rank, x.channels)] = around(k);
      return value(tf.pad(x.tensor, stored, fill), x.channels);
    };
  }
  const sources = axes.filter((k) => around(k).some((p) => p > 0)).map((k) => ({ axis: k, places: mirrorPlaces(site, k, around(k)) }));
  return (input) => {
    const x = input(0);
    const padded = sources.reduce((t, { axis, places }) => tf.gather(t, places, storedAxis(axis, rank, x.channels)), x.tensor);
    return value(padded, x.channels);
  };
};

/** For every cell of a padded axis the cell it repeats. */
function mirrorPlaces({ tf, node, sizes, keep }: Site<'Pad'>, axis: number, [begin, end]: [number, number]): Tensor1D {
  const size = sizes(0)[axis] as number;
  const mode = node.attrs.mode === 'edge' ? 'edge' : 'reflect';
  const places = Array.from({ length: begin + size + end }, (_, o) => repeatedCell(o - begin, size, mode));
  return keep(() => tf.tensor1d(places, 'int32')) as Tensor1D;
}

/** Rows, then columns: the cell below times its weight plus the cell above times its own. */
export const resize: Kernel<'Resize'> = (site) => {
  const { node, sizes, value } = site;
  const [, , height, width] = sizes(0) as [number, number, number, number];
  const steps = [interpolate(site, 1, height, node.attrs.sizes[0]), interpolate(site, 2, width, node.attrs.sizes[1])];
  return (input) =>
    value(
      steps.reduce((x, step) => step(x), input(0).last),
      'last',
    );
};

function interpolate({ tf, node, keep }: Site<'Resize'>, axis: 1 | 2, size: number, output: number): (x: Tensor) => Tensor {
  if (size === output) return (x) => x;
  const { mode, coordinates } = node.attrs;
  const places = Array.from({ length: output }, (_, o) => Math.min(Math.max(resizePlace(o, size, output, coordinates), 0), size - 1));
  const below = places.map(Math.floor);
  const index = (values: number[]) => keep(() => tf.tensor1d(values, 'int32')) as Tensor1D;
  const low = index(below);
  if (mode === 'nearest') return (x) => tf.gather(x, low, axis);
  const high = index(below.map((i) => Math.min(i + 1, size - 1)));
  const shape = axis === 1 ? [output, 1, 1] : [output, 1];
  const upper = keep(() =>
    tf.tensor(
      Float32Array.from(places, (p, i) => p - (below[i] as number)),
      shape,
    ),
  );
  const lower = keep(() =>
    tf.tensor(
      Float32Array.from(places, (p, i) => 1 - (p - (below[i] as number))),
      shape,
    ),
  );
  return (x) => tf.add(tf.mul(tf.gather(x, low, axis), lower), tf.mul(tf.gather(x, high, axis), upper));
}

export const depthToSpace: Kernel<'DepthToSpace'> =
  ({ tf, node, value }) =>
  (input) => {
    const { blocksize: k, mode } = node.attrs;
    const x = input(0);
    if (mode === 'DCR' && k > 1) return value(tf.depthToSpace(x.last as Tensor4D, k, 'NHWC'), 'last');
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const channels = c / (k * k);
    // Channel = c·k² + row·k + column.
    const blocks = tf.reshape(x.last, [n, h, w, channels, k, k]);
    return value(tf.reshape(tf.transpose(blocks, [0, 1, 4, 2, 5, 3]), [n, h * k, w * k, channels]), 'last');
  };

export const gather: Kernel<'Gather'> = (site) => {
  const { tf, node, value } = site;
  const { axis } = node.attrs;
  const size = site.sizes(0)[axis] as number;
  const indices = site.weight(1, `indices:${size}`, (i) => fromEnd(tf, i, size));
  return (input) => {
    const at = indices(input);
    const x = input(0);
    // A list of indices keeps the axes where they are.
    const channels = at.rank === 1 ? x.channels : 'first';
    return value(tf.gather(x.in(channels), at as Tensor1D, storedAxis(axis, x.rank, channels)), channels);
  };
};

/** Negative indices count from the end. */
function fromEnd(tf: Tf, indices: Tensor, size: number): Tensor {
  const shift = tf.mul(tf.cast(tf.less(indices, tf.scalar(0, 'int32')), 'int32'), tf.scalar(size, 'int32'));
  return tf.add(indices, shift);
}

export const scatterElements: Kernel<'ScatterElements'> =
  ({ tf, node, value }) =>
  (input: Inputs) => {
    const [data, indices, updates] = [input(0), input(1), input(2)] as [Value, Value, Value];
    const { axis } = node.attrs;
    const count = (sizes: readonly number[]) => sizes.reduce((n, d) => n * d, 1);
    const [outer, size, inner] = [count(data.shape.slice(0, axis)), data.shape[axis] as number, count(data.shape.slice(axis + 1))];
    try {
      const out = scatterAdd(data.first.dataSync(), indices.first.dataSync(), updates.first.dataSync(), outer, size, inner);
      return value(fromHost(tf, out, data.shape, data.tensor.dtype));
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new ModelError('shape', `ScatterElements '${node.outputs[0]}': ${cause.message}.`, { where: node.outputs[0] ?? '', cause });
    }
  };
