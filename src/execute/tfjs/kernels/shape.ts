import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '../../../graph/opset.ts';
import { storedAxis, storedShape, type Value } from '../value.ts';
import { broadcastTo } from './align.ts';
import type { Kernel, KernelsOf, Site } from './kernel.ts';
import { depthToSpace, gather, pad, resize, scatterElements, slice, split } from './moves.ts';

type Reshaping = 'Reshape' | 'Flatten' | 'Squeeze' | 'Unsqueeze';

/** Sizes with the batch as what is left. */
function resolve(shape: Shape, count: number): number[] {
  const known = shape.reduce<number>((n, d) => (d === 'N' ? n : n * d), 1);
  return shape.map((d) => (d === 'N' ? count / known : d));
}

/** Another shape over the same values: free where images and channels stay, else in the graph's order. */
function reshaped(site: Site<Reshaping>, x: Value, shape: readonly number[]): Value {
  const { tf, value } = site;
  const kept = x.channels === 'last' && shape.length > 2 && shape[0] === x.shape[0] && shape[1] === x.shape[1];
  return kept ? value(tf.reshape(x.tensor, storedShape(shape, 'last')), 'last') : value(tf.reshape(x.first, [...shape]));
}

const toOutputShape: Kernel<Reshaping> = (site) => (input) => reshaped(site, input(0), resolve(site.outputShape(0), input(0).tensor.size));

const transpose: Kernel<'Transpose'> =
  ({ tf, node, value }) =>
  (input) => {
    const x = input(0);
    const perm = node.attrs.perm.map((axis) => storedAxis(axis, x.rank, x.channels));
    return value(perm.every((p, k) => p === k) ? x.tensor : tf.transpose(x.tensor, perm));
  };

const expand: Kernel<'Expand'> =
  ({ tf, node, value }) =>
  (input) => {
    const x = input(0);
    const shape = node.attrs.shape.map((d) => (d === 'N' ? (x.shape[0] as number) : d));
    // What is spread over an image is wanted by convolutions.
    const channels = x.rank === 4 && shape.length === 4 ? 'last' : 'first';
    return value(broadcastTo(tf, x.in(channels), storedShape(shape, channels)), channels);
  };

const concat: Kernel<'Concat'> =
  ({ tf, node, value }) =>
  (input) => {
    const inputs = node.inputs.map((_, i) => input(i));
    const [{ rank }] = inputs as [Value];
    const channels = inputs.some((v) => v.channels === 'last') ? 'last' : 'first';
    const tensors: Tensor[] = inputs.map((v) => v.in(channels));
    return value(tf.concat(tensors, storedAxis(node.attrs.axis, rank, channels)), channels);
  };

export const shape: KernelsOf<
  | 'Concat'
  | 'Split'
  | 'Slice'
  | 'Pad'
  | 'Flatten'
  | 'Reshape'
  | 'Transpose'
  | 'Squeeze'
  | 'Unsqueeze'
  | 'Expand'
  | 'Resize'
  | 'DepthToSpace'
  | 'Gather'
  | 'ScatterElements'
> = {
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Flatten: toOutputShape,
  Reshape: toOutputShape,
  Transpose: transpose,
  Squeeze: toOutputShape,
  Unsqueeze: toOutputShape,
  Expand: expand,
  Resize: resize,
  DepthToSpace: depthToSpace,
  Gather: gather,
  ScatterElements: scatterElements,
};
