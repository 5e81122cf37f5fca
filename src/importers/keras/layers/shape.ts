import type { Dim, Shape } from '../../../graph/opset.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import { fileShape, graphAxis, sameSequence, toFileOrder } from '../layout.ts';

export const shapeClasses: Readonly<Record<string, LayerClass>> = {
  Flatten: { emit: flatten },
  Reshape: { emit: reshape },
  Permute: { emit: permuteLayer },
  ZeroPadding2D: { emit: zeroPadding },
  Cropping2D: { emit: cropping },
  UpSampling2D: { emit: upSampling },
  Resizing: { emit: resizing },
  CenterCrop: { emit: centerCrop },
};

/** In the file's order, so that the rows of a dense kernel that follows fit as they are. */
function flatten(layer: LayerCall): string {
  const { b, context, shape, attributes, input } = layer;
  if (shape.length === 2) return input;
  // Written with channels_first, Keras moves axis 1 to the end before it flattens, whatever the model's own order is.
  if (attributes.word('data_format', 'channelslast') === 'channelsfirst' && shape.length === 4) {
    if (context.layout === 'NHWC') throw layer.unsupported("has data_format 'channels_first' in a channels-last model");
    const last = sameSequence(shape) ? input : layer.op('Transpose', [input], { perm: [0, 2, 3, 1] }, 'channels-last');
    return layer.op('Flatten', [last], { axis: 1 });
  }
  const x = sameSequence(shape) ? input : toFileOrder(b, context.layout, input, `${layer.name}:channels-last`);
  return layer.op('Flatten', [x], { axis: 1 });
}

/** target_shape counts in the file's order, one entry may be −1. */
function reshape(layer: LayerCall): string {
  const from = fileShape(layer.context.layout, layer.shape).slice(1) as number[];
  return reshaped(layer, resolve(layer, from, layer.attributes.integers('target_shape') ?? []));
}

/** The layer's input with the sizes of `target` in the file's order, without the batch. */
export function reshaped(layer: LayerCall, target: readonly number[]): string {
  const { b, context, shape, input } = layer;
  const count = (sizes: Shape) => (sizes as number[]).reduce((n, d) => n * d, 1);
  if (count(target) !== count(shape.slice(1))) throw layer.misfit(`cannot make [${target}] of [${shape.slice(1)}]`);
  const batch = shape[0] as Dim;
  const to: Dim[] = [batch, ...target];
  const x = sameSequence(shape) ? input : toFileOrder(b, context.layout, input, `${layer.name}:channels-last`);
  if (context.layout === 'NCHW' || to.length !== 4) return layer.op('Reshape', [x], { shape: to });
  const [height, width, channels] = target as [number, number, number];
  const stored: Dim[] = [batch, channels, height, width];
  if (sameSequence(stored)) return layer.op('Reshape', [x], { shape: stored });
  return layer.op('Transpose', [layer.op('Reshape', [x], { shape: to }, 'reshaped')], { perm: [0, 3, 1, 2] });
}

function resolve(layer: LayerCall, from: readonly number[], target: readonly number[]): number[] {
  const total = from.reduce((n, d) => n * d, 1);
  const known = target.filter((d) => d !== -1).reduce((n, d) => n * d, 1);
  const shape = target.map((d) => (d === -1 ? total / known : d));
  if (shape.some((d) => !Number.isInteger(d) || d < 1) || shape.reduce((n, d) => n * d, 1) !== total) {
    throw layer.misfit(`cannot make [${target}] of [${from}]`);
  }
  return shape;
}

function permuteLayer(layer: LayerCall): string {
  return permuted(layer, layer.attributes.integers('dims') ?? []);
}

/** @param dims count from 1 in the file's order. */
export function permuted(layer: LayerCall, dims: readonly number[]): string {
  const rank = layer.shape.length;
  const { layout } = layer.context;
  const file = [0, ...dims];
  if (file.length !== rank || new Set(file).size !== rank || dims.some((d) => d < 1 || d >= rank)) {
    throw layer.misfit(`has dims [${dims}] for an input with ${rank} axes`);
  }
  const perm = new Array<number>(rank);
  file.forEach((from, to) => {
    perm[graphAxis(layout, rank, to)] = graphAxis(layout, rank, from);
  });
  return layer.op('Transpose', [layer.input], { perm });
}

function zeroPadding(layer: LayerCall): string {
  const { input } = layer;
  if (layer.shape.length !== 4) throw layer.misfit(`needs an image, its input has shape [${layer.shape}]`);
  const [[top, bottom], [left, right]] = layer.attributes.sides('padding', 1);
  return layer.op('Pad', [input], { pads: [0, 0, top, left, 0, 0, bottom, right], mode: 'constant', value: 0 });
}

function cropping(layer: LayerCall): string {
  const { height, width } = layer.image;
  const [[top, bottom], [left, right]] = layer.attributes.sides('cropping', 0);
  if (top + bottom >= height || left + right >= width) throw layer.misfit(`crops all of ${height}×${width}`);
  return layer.op('Slice', [layer.input], { starts: [top, left], ends: [height - bottom, width - right], axes: [2, 3], steps: [1, 1] });
}

function upSampling(layer: LayerCall): string {
  const { height, width } = layer.image;
  const [rows, columns] = layer.attributes.pair('size', [2, 2]);
  return resize(layer, layer.input, [height * rows, width * columns], layer.attributes.word('interpolation', 'nearest'));
}

function resizing(layer: LayerCall): string {
  return resized(layer, [layer.attributes.int('height', 0, 1), layer.attributes.int('width', 0, 1)]);
}

/** Of the Resizing layer and of keras.ops.image.resize. */
export function resized(layer: LayerCall, sizes: [number, number]): string {
  const a = layer.attributes;
  for (const option of ['pad_to_aspect_ratio', 'antialias']) {
    if (a.boolean(option, false)) throw layer.unsupported(`has ${option}`);
  }
  const cut = a.boolean('crop_to_aspect_ratio', false) ? cropToAspectRatio(layer, sizes) : layer.input;
  return resize(layer, cut, sizes, a.word('interpolation', 'bilinear'));
}

/** The largest part in the middle with the sides of `sizes`. Rounding: keras/src/backend/tensorflow/image.py. */
function cropToAspectRatio(layer: LayerCall, [rows, columns]: [number, number]): string {
  const { height, width } = layer.image;
  const cropped: [number, number] = [
    Math.min(height, Math.floor((width * rows) / columns)),
    Math.min(width, Math.floor((height * columns) / rows)),
  ];
  return cutOut(layer, cropped, 'cropped');
}

/** Smaller images are resized. */
function centerCrop(layer: LayerCall): string {
  const { height, width } = layer.image;
  const sizes: [number, number] = [layer.attributes.int('height', 0, 1), layer.attributes.int('width', 0, 1)];
  if (sizes[0] <= height && sizes[1] <= width) return cutOut(layer, sizes);
  return resize(layer, cropToAspectRatio(layer, sizes), sizes, 'bilinear');
}

function cutOut(layer: LayerCall, [rows, columns]: [number, number], role?: string): string {
  const { height, width } = layer.image;
  if (rows < 1 || columns < 1) throw layer.misfit(`leaves nothing of ${height}×${width}`);
  if (rows === height && columns === width) return layer.input;
  const [top, left] = [Math.floor((height - rows) / 2), Math.floor((width - columns) / 2)];
  const attrs = { starts: [top, left], ends: [top + rows, left + columns], axes: [2, 3], steps: [1, 1] };
  return layer.op('Slice', [layer.input], attrs, role);
}

/** TensorFlow 2 samples at half-pixel centres; nearest by whole factors repeats cells. */
function resize(layer: LayerCall, x: string, sizes: [number, number], interpolation: string): string {
  if (interpolation !== 'nearest' && interpolation !== 'bilinear') throw layer.unsupported(`interpolates by '${interpolation}'`);
  const [, , height, width] = layer.b.shape(x) as [Dim, number, number, number];
  if (sizes[0] === height && sizes[1] === width) return x;
  if (interpolation === 'bilinear') return layer.op('Resize', [x], { sizes, mode: 'linear', coordinates: 'half_pixel' });
  if (sizes[0] % height === 0 && sizes[1] % width === 0)
    return layer.op('Resize', [x], { sizes, mode: 'nearest', coordinates: 'asymmetric' });
  const rows = layer.op('Gather', [x, nearest(layer, 'rows', height, sizes[0])], { axis: 2 }, 'near-rows');
  return layer.op('Gather', [rows, nearest(layer, 'columns', width, sizes[1])], { axis: 3 });
}

function nearest(layer: LayerCall, role: string, from: number, to: number): string {
  const picks = BigInt64Array.from({ length: to }, (_, i) => BigInt(Math.min(from - 1, Math.floor(((i + 0.5) * from) / to))));
  return layer.constant(role, () => ({ dtype: 'int64', shape: [to], data: picks }));
}
