import { float32 } from '../../../graph/graph.ts';
import type { Pair } from '../../../graph/opset.ts';
import { extent } from '../../../ops/window.ts';
import { permute } from '../../keras/permute.ts';
import type { NodeContext } from '../context.ts';
import { pads, spatial } from '../windows.ts';
import { fuse } from './fused.ts';
import type { Operator } from './operator.ts';

/** [x, filter, …]; filter [kH,kW,in/group,out], or with `filter_format` OHWI [out,kH,kW,in/group]. */
export const Conv2D: Operator = (n) => {
  const x = n.image(0);
  const filter = n.weight(1, 'a filter');
  const outputFirst = n.string('filter_format', 'HWIO') === 'OHWI';
  const [kH, kW, depth, outputs] = fourAxes(n, outputFirst ? [1, 2, 3, 0].map((axis) => filter.shape[axis] as number) : filter.shape);
  if (x.channels % depth !== 0) throw n.corrupt(`has a filter of shape [${filter.shape}] for ${x.channels} channels`);
  const perm = outputFirst ? [0, 3, 1, 2] : [3, 2, 0, 1];
  const weight = n.constant(1, '', () => float32([outputs, depth, kH, kW], permute(filter.data, filter.shape, perm).data));
  convolve(n, x, weight, [kH, kW], x.channels / depth);
};

/** [x, filter, …]; filter [kH,kW,in,multiplier], or with `filter_format` 1HWO [1,kH,kW,in·multiplier]. */
export const DepthwiseConv2dNative: Operator = (n) => {
  const x = n.image(0);
  const filter = n.weight(1, 'a filter');
  const flat = n.string('filter_format', 'HWIM') === '1HWO';
  const [a, b, c, d] = fourAxes(n, filter.shape);
  const [kH, kW, channels] = flat ? [b, c, d] : [a, b, c];
  const outputs = flat ? d : c * d;
  if ((flat && d % x.channels !== 0) || (!flat && channels !== x.channels))
    throw n.corrupt(`has a filter of shape [${filter.shape}] for ${x.channels} channels`);
  const perm = flat ? [3, 0, 1, 2] : [2, 3, 0, 1];
  const weight = n.constant(1, 'depthwise', () => float32([outputs, 1, kH, kW], permute(filter.data, filter.shape, perm).data));
  convolve(n, x, weight, [kH, kW], x.channels);
};

function fourAxes(n: NodeContext, shape: readonly number[]): [number, number, number, number] {
  if (shape.length !== 4) throw n.unsupported(`has a filter of shape [${shape}]; only 2-D convolutions are supported`);
  return shape as unknown as [number, number, number, number];
}

type Image = ReturnType<NodeContext['image']>;

function convolve(n: NodeContext, x: Image, weight: string, kernel: Pair, group: number): void {
  const strides = spatial(n, 'strides');
  const dilations = spatial(n, 'dilations');
  const attrs = { strides, dilations, pads: pads(n, [x.height, x.width], { kernel, strides, dilations }), group };
  fuse(n, x.order, (bias) => n.helper('Conv', [x.value, weight, ...bias], attrs, 'linear'));
}

/** [output shape, filter [kH,kW,out,in], x]; OHWI (TFLite): [out,kH,kW,in]. The pads are those of the convolution it is the gradient of. */
export const Conv2DBackpropInput: Operator = (n) => {
  const x = n.image(2);
  const filter = n.weight(1, 'a filter');
  const outputFirst = n.string('filter_format', 'HWOI') === 'OHWI';
  const [kH, kW, outputs, inputs] = fourAxes(n, outputFirst ? [1, 2, 0, 3].map((axis) => filter.shape[axis] as number) : filter.shape);
  if (inputs !== x.channels) throw n.corrupt(`has a filter of shape [${filter.shape}] for ${x.channels} channels`);
  const weight = n.constant(1, 'transposed', () =>
    float32([inputs, outputs, kH, kW], permute(filter.data, filter.shape, outputFirst ? [3, 0, 1, 2] : [3, 2, 0, 1]).data),
  );
  const strides = spatial(n, 'strides');
  const dilations = spatial(n, 'dilations');
  const reach: Pair = [extent(kH, dilations[0]), extent(kW, dilations[1])];
  const wanted = outputSize(n, [x.height, x.width], reach, strides);
  const axes = ([0, 1] as const).map((axis) => {
    const full = ([x.height, x.width][axis] as number) * strides[axis] - strides[axis] + reach[axis];
    const total = Math.max(0, full - wanted[axis]);
    const begin = Math.floor(total / 2);
    return { begin, end: total - begin, extra: Math.max(0, wanted[axis] - full) };
  });
  const [rows, columns] = axes as [(typeof axes)[0], (typeof axes)[0]];
  const attrs = {
    strides,
    dilations,
    pads: [rows.begin, columns.begin, rows.end, columns.end] as const,
    outputPadding: [rows.extra, columns.extra] as const,
    group: 1,
  };
  fuse(n, x.order, (bias) => n.helper('ConvTranspose', [x.value, weight, ...bias], attrs, 'linear'), 3);
};

/** Rows and columns of the output: the first input says them, else what the padding makes. */
function outputSize(n: NodeContext, [height, width]: Pair, reach: Pair, strides: Pair): Pair {
  const same = n.string('padding', 'VALID') === 'SAME';
  const natural = (size: number, axis: 0 | 1) =>
    same ? size * strides[axis] : size * strides[axis] + Math.max(reach[axis] - strides[axis], 0);
  const said = n.known(0)?.data;
  const [h, w] = n.string('data_format', 'NHWC') === 'NCHW' ? [said?.[2], said?.[3]] : [said?.[1], said?.[2]];
  return [typeof h === 'number' ? h : natural(height, 0), typeof w === 'number' ? w : natural(width, 1)];
}
