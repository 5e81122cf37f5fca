import { float32 } from '../../../graph/graph.ts';
import type { Pads, Pair } from '../../../graph/opset.ts';
import { extent } from '../../../ops/window.ts';
import { activate, isLinear } from '../activations.ts';
import type { Attributes } from '../attributes.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import { permute } from '../permute.ts';
import type { WeightRole } from '../weights.ts';
import { isSame, window } from '../windows.ts';

const bias = (attributes: Attributes): WeightRole[] => (attributes.boolean('use_bias', true) ? [{ name: 'bias' }] : []);
const depthwiseRole: WeightRole = { name: 'depthwise_kernel', aliases: ['kernel'] };

/** Keras kernels are [kH, kW, in, out] whatever the data format. */
export const convolutionClasses: Readonly<Record<string, LayerClass>> = {
  Conv2D: { weights: (a) => [{ name: 'kernel' }, ...bias(a)], emit: conv2d },
  Conv2DTranspose: { weights: (a) => [{ name: 'kernel' }, ...bias(a)], emit: conv2dTranspose },
  DepthwiseConv2D: { weights: (a) => [depthwiseRole, ...bias(a)], emit: depthwiseConv2d },
  SeparableConv2D: { weights: (a) => [{ name: 'depthwise_kernel' }, { name: 'pointwise_kernel' }, ...bias(a)], emit: separableConv2d },
};

function conv2d(layer: LayerCall): string {
  const a = layer.attributes;
  const { channels } = layer.image;
  const filters = a.int('filters', 0, 1);
  const group = a.int('groups', 1, 1);
  if (channels % group !== 0 || filters % group !== 0)
    throw layer.misfit(`has ${group} groups for ${channels} channels and ${filters} filters`);
  const { kernel, ...where } = window(layer, a.pair('kernel_size', [1, 1]), a.pair('strides', [1, 1]), a.pair('dilation_rate', [1, 1]));
  const weight = kernelConstant(layer, 'kernel', [...kernel, channels / group, filters], [3, 2, 0, 1]);
  return finish(layer, (role) => layer.op('Conv', [layer.input, weight, ...biasInput(layer, filters)], { ...where, group }, role));
}

function depthwiseConv2d(layer: LayerCall): string {
  const { channels } = layer.image;
  const outputs = channels * multiplierOf(layer);
  return finish(layer, (role) =>
    layer.op('Conv', [layer.input, depthwiseKernel(layer), ...biasInput(layer, outputs)], depthwise(layer), role),
  );
}

function separableConv2d(layer: LayerCall): string {
  const filters = layer.attributes.int('filters', 0, 1);
  const middle = layer.op('Conv', [layer.input, depthwiseKernel(layer)], depthwise(layer), 'depthwise');
  const between = layer.b.shape(middle)[1] as number;
  const weight = kernelConstant(layer, 'pointwise_kernel', [1, 1, between, filters], [3, 2, 0, 1]);
  const attrs = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: 1 } as const;
  return finish(layer, (role) => layer.op('Conv', [middle, weight, ...biasInput(layer, filters)], attrs, role));
}

/** TF.js does not write a SeparableConv2D's depth_multiplier: then the kernel tells it. */
function multiplierOf(layer: LayerCall): number {
  return layer.attributes.int('depth_multiplier', layer.shapeOf('depthwise_kernel')[3] ?? 1, 1);
}

/** [kH, kW, in, multiplier] → [in·multiplier, 1, kH, kW]. */
function depthwiseKernel(layer: LayerCall): string {
  const { channels } = layer.image;
  const a = layer.attributes;
  const multiplier = multiplierOf(layer);
  const [kH, kW] = a.pair('kernel_size', [1, 1]);
  return layer.constant('depthwise_kernel', () => {
    const values = layer.weight('depthwise_kernel', [kH, kW, channels, multiplier]);
    return float32([channels * multiplier, 1, kH, kW], permute(values, [kH, kW, channels, multiplier], [2, 3, 0, 1]).data);
  });
}

function depthwise(layer: LayerCall): { strides: Pair; dilations: Pair; pads: Pads; group: number } {
  const a = layer.attributes;
  const { strides, dilations, pads } = window(
    layer,
    a.pair('kernel_size', [1, 1]),
    a.pair('strides', [1, 1]),
    a.pair('dilation_rate', [1, 1]),
  );
  return { strides, dilations, pads, group: layer.image.channels };
}

/** Keras stores the kernel [kH, kW, out, in]. Sizes: keras/backend deconv_output_length; pads are those of the forward convolution. */
function conv2dTranspose(layer: LayerCall): string {
  const a = layer.attributes;
  const { channels, height, width } = layer.image;
  const filters = a.int('filters', 0, 1);
  const kernel = a.pair('kernel_size', [1, 1]);
  const strides = a.pair('strides', [1, 1]);
  const dilations = a.pair('dilation_rate', [1, 1]);
  if (a.int('groups', 1, 1) !== 1) throw layer.unsupported('has groups');
  const extra = a.get('output_padding') === undefined ? undefined : a.pair('output_padding', [0, 0], 0);
  const same = isSame(layer);
  const rows = transposedAxis(height, extent(kernel[0], dilations[0]), strides[0], same, extra?.[0]);
  const columns = transposedAxis(width, extent(kernel[1], dilations[1]), strides[1], same, extra?.[1]);
  const pads: Pads = [rows.begin, columns.begin, rows.end, columns.end];
  const weight = kernelConstant(layer, 'kernel', [...kernel, filters, channels], [3, 2, 0, 1]);
  const attrs = { strides, dilations, pads, outputPadding: [rows.extra, columns.extra] as Pair, group: 1 };
  return finish(layer, (role) => layer.op('ConvTranspose', [layer.input, weight, ...biasInput(layer, filters)], attrs, role));
}

function transposedAxis(input: number, reach: number, stride: number, same: boolean, extra: number | undefined) {
  const full = (input - 1) * stride + reach;
  const natural = same ? input * stride : input * stride + Math.max(reach - stride, 0);
  const output = extra === undefined ? natural : full - (same ? 2 * Math.floor(reach / 2) : 0) + extra;
  const total = Math.max(0, full - output);
  const begin = Math.floor(total / 2);
  return { begin, end: total - begin, extra: Math.max(0, output - full) };
}

function kernelConstant(layer: LayerCall, role: string, shape: readonly number[], perm: readonly number[]): string {
  return layer.constant(role, () => {
    const { shape: to, data } = permute(layer.weight(role, shape), shape, perm);
    return float32(to, data);
  });
}

function biasInput(layer: LayerCall, size: number): string[] {
  return layer.has('bias') ? [layer.vector('bias', size)] : [];
}

/** The linear part, then the fused activation as nodes of its own. */
export function finish(layer: LayerCall, linear: (role?: string) => string): string {
  if (isLinear(layer.attributes)) return linear();
  return activate(layer, layer.attributes, linear('preactivation'));
}
