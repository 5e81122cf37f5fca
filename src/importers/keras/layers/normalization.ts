import { float32 } from '../../../graph/graph.ts';
import type { Dim } from '../../../graph/opset.ts';
import type { Attributes } from '../attributes.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import { fromFileOrder, graphAxis, toFileOrder } from '../layout.ts';
import type { WeightRole } from '../weights.ts';
import { unit } from './merge.ts';

const affine = (a: Attributes): WeightRole[] => [
  ...(a.boolean('scale', true) ? [{ name: 'gamma' }] : []),
  ...(a.boolean('center', true) ? [{ name: 'beta' }] : []),
];

const batchNormalization: LayerClass = {
  weights: (a) => [...affine(a), { name: 'moving_mean' }, { name: 'moving_variance' }],
  emit: batchNorm,
  refuses: (_, options) => (options.training === true ? 'BatchNormalization called with training=True' : undefined),
};

export const normalizationClasses: Readonly<Record<string, LayerClass>> = {
  BatchNormalization: batchNormalization,
  BatchNormalizationV1: batchNormalization,
  BatchNormalizationV2: batchNormalization,
  SyncBatchNormalization: batchNormalization,
  LayerNormalization: { weights: affine, emit: layerNorm },
  GroupNormalization: { weights: affine, emit: groupNorm },
  RMSNormalization: { weights: () => [{ name: 'scale' }], emit: rmsNorm },
  UnitNormalization: { emit: (layer) => unit(layer, layer.input, axesOf(layer)) },
  Normalization: {
    weights: (a) =>
      a.get('mean') === undefined
        ? [{ name: 'mean' }, { name: 'variance' }, { name: 'count', optional: true }]
        : [{ name: 'count', optional: true }],
    emit: normalization,
  },
  Rescaling: { emit: rescaling },
  LayerScale: { weights: () => [{ name: 'gamma', aliases: ['layer_scale'] }], emit: layerScale },
};

function batchNorm(layer: LayerCall): string {
  const axes = layer.attributes.integers('axis') ?? [-1];
  const axis = axes.length === 1 ? layer.axis(axes[0] as number) : -1;
  if (axis !== 1) throw layer.unsupported(`normalises axis [${axes}], only the channel axis is supported`);
  const size = layer.shape[1] as number;
  const filled = (role: string, value: number) =>
    layer.has(role) ? layer.vector(role, size) : layer.constant(role, () => float32([size], new Float32Array(size).fill(value)));
  const inputs = [
    layer.input,
    filled('gamma', 1),
    filled('beta', 0),
    layer.vector('moving_mean', size),
    layer.vector('moving_variance', size),
  ];
  return layer.op('BatchNormalization', inputs, { epsilon: layer.attributes.number('epsilon', 1e-3) });
}

/** Over the last axes in the file's order. */
function layerNorm(layer: LayerCall): string {
  const { b, context, shape, input, attributes } = layer;
  const rank = shape.length;
  const axes = (attributes.integers('axis') ?? [-1]).map((a) => (a < 0 ? a + rank : a)).sort((p, q) => p - q);
  const first = axes[0] ?? -1;
  if (first < 1 || axes.some((a, i) => a !== first + i) || axes.at(-1) !== rank - 1) {
    throw layer.unsupported(`normalises axes [${axes}], only the last ones are supported`);
  }
  if (attributes.boolean('rms_scaling', false)) throw layer.unsupported('has rms_scaling');
  const x = toFileOrder(b, context.layout, input, `${layer.name}:channels-last`);
  const sizes = b.shape(x).slice(first) as number[];
  const ones = () => float32(sizes, new Float32Array(sizes.reduce((n, d) => n * d, 1)).fill(1));
  const scale = layer.constant('gamma', () => (layer.has('gamma') ? float32(sizes, layer.ownWeight('gamma', sizes)) : ones()));
  const bias = layer.has('beta') ? [layer.constant('beta', () => float32(sizes, layer.ownWeight('beta', sizes)))] : [];
  const moved = x !== input;
  const y = layer.op(
    'LayerNormalization',
    [x, scale, ...bias],
    { axis: first, epsilon: attributes.number('epsilon', 1e-3) },
    moved ? 'normalized' : undefined,
  );
  return moved ? fromFileOrder(b, context.layout, y, layer.name) : y;
}

/** As a layer normalisation of the image folded to [N,groups,values]. */
function groupNorm(layer: LayerCall): string {
  const { attributes, shape, input } = layer;
  const axis = layer.axis(attributes.integers('axis')?.[0] ?? -1);
  const [batch, channels, ...rest] = shape as [Dim, number, ...number[]];
  if (axis !== 1 || shape.length < 3) throw layer.unsupported(`normalises groups along axis ${axis} of [${shape}]`);
  const given = attributes.number('groups', 32);
  const groups = given === -1 ? channels : given;
  if (!(groups >= 1) || channels % groups !== 0) throw layer.misfit(`has ${groups} groups for ${channels} channels`);
  const each = rest.reduce((n, d) => n * d, channels / groups);
  const ones = layer.constant('ones', () => float32([each], new Float32Array(each).fill(1)));
  const folded = layer.op('Reshape', [input], { shape: [batch, groups, each] }, 'groups');
  const epsilon = attributes.number('epsilon', 1e-3);
  const normalised = layer.op('LayerNormalization', [folded, ones], { axis: 2, epsilon }, 'normalized');
  const [scales, shifts] = [layer.has('gamma'), layer.has('beta')];
  const perChannel = (role: string) =>
    layer.constant(role, () => float32([channels, ...rest.map(() => 1)], layer.ownWeight(role, [channels])));
  const image = layer.op('Reshape', [normalised], { shape }, scales || shifts ? 'image' : undefined);
  const scaled = scales ? layer.op('Mul', [image, perChannel('gamma')], {}, shifts ? 'scaled' : undefined) : image;
  return shifts ? layer.op('Add', [scaled, perChannel('beta')], {}) : scaled;
}

/** x·scale / √(mean of x² + ε), over the last axis in the file's order. */
function rmsNorm(layer: LayerCall): string {
  const { attributes, b, input } = layer;
  const axes = axesOf(layer);
  const axis = layer.axis(-1);
  if (axes.length !== 1 || axes[0] !== axis) throw layer.unsupported('normalises another axis than the last');
  const size = layer.shape[axis] as number;
  const mean = layer.op('ReduceMean', [layer.op('Mul', [input, input], {}, 'squares')], { axes, keepdims: true }, 'mean');
  const shifted = layer.op('Add', [mean, b.scalar(attributes.number('epsilon', 1e-6))], {}, 'shifted');
  const normalised = layer.op('Div', [input, layer.op('Sqrt', [shifted], {}, 'root')], {}, 'normalized');
  const shape = Array.from({ length: layer.shape.length - axis }, (_, i) => (i === 0 ? size : 1));
  return layer.op('Mul', [normalised, layer.constant('scale', () => float32(shape, layer.ownWeight('scale', [size])))], {});
}

/** Axes of the graph value, sorted. */
function axesOf(layer: LayerCall): number[] {
  const axes = (layer.attributes.integers('axis') ?? [-1]).map((axis) => layer.axis(axis)).sort((p, q) => p - q);
  if (axes.includes(0)) throw layer.unsupported('normalises over the batch');
  return axes;
}

/** (x − mean) / max(√variance, 1e-7), or its inverse; statistics are weights or stand in the config. */
function normalization(layer: LayerCall): string {
  const rank = layer.shape.length;
  const axes = (layer.attributes.integers('axis') ?? [-1]).map((a) => layer.axis(a));
  const channel = graphAxis(layer.context.layout, rank, -1);
  if (axes.length > 1 || (axes.length === 1 && axes[0] !== channel)) throw layer.unsupported('normalises another axis than the last');
  const size = axes.length === 0 ? 1 : (layer.shape[channel] as number);
  const statistic = (role: string) => {
    const given = layer.has(role)
      ? Array.from(layer.weight(role, layer.shapeOf(role).length === 0 ? [] : [size]))
      : layer.attributes.numbers(role, 0);
    return given.length === 1 ? new Array<number>(size).fill(given[0] as number) : given;
  };
  const mean = statistic('mean');
  const deviation = statistic('variance').map((v) => Math.max(Math.sqrt(v), 1e-7));
  if (mean.length !== size || deviation.length !== size) throw layer.misfit(`has ${mean.length} means for ${size} channels`);
  if (layer.attributes.boolean('invert', false)) return affineMap(layer, deviation, mean);
  return affineMap(
    layer,
    deviation.map((d) => 1 / d),
    mean.map((m, i) => -m / (deviation[i] as number)),
  );
}

function rescaling(layer: LayerCall): string {
  return affineMap(layer, layer.attributes.numbers('scale', 1), layer.attributes.numbers('offset', 0));
}

/** Per-channel learned factor of ConvNeXt. */
function layerScale(layer: LayerCall): string {
  const size = layer.shape[layer.axis(-1)] as number;
  return affineMap(layer, Array.from(layer.weight('gamma', [size])), [0]);
}

/** x·scale + offset, each one number or one per channel (the file's last axis). */
function affineMap(layer: LayerCall, scale: readonly number[], offset: readonly number[]): string {
  const channel = layer.axis(-1);
  const rank = layer.shape.length;
  const operand = (role: string, values: readonly number[]) => {
    if (values.every((v) => v === values[0])) return layer.b.scalar(values[0] as number);
    if (values.length !== layer.shape[channel])
      throw layer.misfit(`has ${values.length} values of ${role} for ${layer.shape[channel]} channels`);
    const shape = Array.from({ length: rank - channel }, (_, i) => (i === 0 ? values.length : 1));
    return layer.constant(role, () => float32(shape, values));
  };
  const shifts = offset.some((v) => v !== 0);
  const scaled = layer.op('Mul', [layer.input, operand('scale', scale)], {}, shifts ? 'scaled' : undefined);
  return shifts ? layer.op('Add', [scaled, operand('offset', offset)], {}) : scaled;
}
