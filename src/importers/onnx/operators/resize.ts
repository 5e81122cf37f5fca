import type { Pair } from '../../../graph/opset.ts';
import type { NodeContext } from '../context.ts';
import type { Operator } from './operator.ts';

type Coordinates = 'half_pixel' | 'asymmetric' | 'align_corners';

export const Resize: Operator = (n) => {
  n.ignore('cubic_coeff_a', 'extrapolation_value', 'exclude_outside');
  const mode = n.string('mode', 'nearest');
  const transformation = n.opset < 11 ? 'asymmetric' : n.string('coordinate_transformation_mode', 'half_pixel');
  const rounding = n.opset < 11 ? 'floor' : n.string('nearest_mode', 'round_prefer_floor');
  if (n.flag('antialias')) throw n.unsupported('has antialias 1, which is not supported');
  if (n.string('keep_aspect_ratio_policy', 'stretch') !== 'stretch') throw n.unsupported('keeps the aspect ratio, which is not supported');
  resize(n, mode, transformation, rounding, target(n));
};

/** Resize before opset 10: scales, asymmetric coordinates. */
export const Upsample: Operator = (n) => {
  const scales = n.floats('scales') ?? n.constants(1, 'scales') ?? [];
  resize(n, n.string('mode', 'nearest'), 'asymmetric', 'floor', scaled(n, scales));
};

interface Target {
  sizes: Pair;
  /** output / input, as the coordinates are computed with. */
  scales: Pair;
}

/** Sizes or scales (opset 10: scales are input 1; later: roi, scales, sizes), of all axes or of `axes`. */
function target(n: NodeContext): Target {
  const [scaleInput, sizeInput] = n.opset < 11 ? [1, -1] : [2, 3];
  const axes = n.ints('axes')?.map((axis) => n.axis(axis, 4)) ?? [0, 1, 2, 3];
  const scales = n.constants(scaleInput, 'scales');
  if (scales && scales.length > 0) return scaled(n, spread(n, axes, scales, 1));
  const known = sizeInput < 0 ? undefined : n.known(sizeInput);
  if (!known) throw n.unsupported('has sizes that are computed from the image');
  const [, channels, height, width] = n.image(0);
  const sizes = axes.map((axis, i) => (axis === 0 ? 1 : known.data[i]));
  if (sizes.some((s) => typeof s !== 'number')) throw n.unsupported('has sizes that depend on the batch size');
  const [, c, h, w] = spread(n, axes, sizes as number[], undefined).map((s, i) => s ?? [1, channels, height, width][i]) as number[];
  if (c !== channels || !h || !w) throw n.unsupported(`resizes the channels to ${c}, which is not supported`);
  return { sizes: [h, w], scales: [h / height, w / width] };
}

function spread<T>(n: NodeContext, axes: readonly number[], values: readonly number[], missing: T): (number | T)[] {
  if (values.length !== axes.length) throw n.corrupt(`has ${values.length} scales or sizes for ${axes.length} axes`);
  const all = new Array<number | T>(4).fill(missing);
  axes.forEach((axis, i) => {
    all[axis] = values[i] as number;
  });
  return all;
}

function scaled(n: NodeContext, scales: readonly number[]): Target {
  const [, , height, width] = n.image(0);
  const [batch, channels, sh, sw] = scales;
  if (scales.length !== 4 || !sh || !sw || !(sh > 0 && sw > 0))
    throw n.unsupported(`has scales [${scales}]; only 2-D images are supported`);
  if (batch !== 1 || channels !== 1) throw n.unsupported(`has scales [${scales}], which change batch or channels`);
  return { sizes: [Math.floor(height * sh), Math.floor(width * sw)], scales: [sh, sw] };
}

function resize(n: NodeContext, mode: string, transformation: string, rounding: string, { sizes, scales }: Target): void {
  const [, , height, width] = n.image(0);
  const input: Pair = [height, width];
  const exact = ([0, 1] as const).every((axis) => Math.abs(sizes[axis] / input[axis] - scales[axis]) < 1e-6);
  if (mode === 'nearest') {
    const same = ([0, 1] as const).every((axis) => nearestIsFloor(transformation, rounding, input[axis], sizes[axis], scales[axis]));
    if (!same) throw n.unsupported(`takes the nearest cell by ${transformation} and ${rounding}, which is not supported`);
    n.emit('Resize', [n.value(0)], { sizes, mode, coordinates: 'asymmetric' });
    return;
  }
  if (mode !== 'linear' && mode !== 'bilinear') throw n.unsupported(`has mode '${mode}', which is not supported`);
  const coordinates = transformation === 'pytorch_half_pixel' && sizes.every((s) => s > 1) ? 'half_pixel' : transformation;
  if (!isCoordinates(coordinates) || (!exact && coordinates !== 'align_corners')) {
    throw n.unsupported(`interpolates by ${transformation} with scales [${scales}], which is not supported`);
  }
  n.emit('Resize', [n.value(0)], { sizes, mode: 'linear', coordinates });
}

function isCoordinates(name: string): name is Coordinates {
  return name === 'half_pixel' || name === 'asymmetric' || name === 'align_corners';
}

/** Whether the file's rule picks the same cells as ours, ⌊i·input/output⌋. By trying: for whole factors most rules agree. */
function nearestIsFloor(transformation: string, rounding: string, input: number, output: number, scale: number): boolean {
  const round = Object.hasOwn(roundings, rounding) ? roundings[rounding] : undefined;
  for (let i = 0; i < output; i++) {
    const x = nearestCoordinate(transformation, i, input, output, scale);
    const picked = x === undefined ? undefined : round?.(x);
    if (picked === undefined || Math.min(Math.max(picked, 0), input - 1) !== Math.floor((i * input) / output)) return false;
  }
  return true;
}

function nearestCoordinate(transformation: string, i: number, input: number, output: number, scale: number): number | undefined {
  if (transformation === 'asymmetric') return i / scale;
  if (transformation === 'half_pixel') return (i + 0.5) / scale - 0.5;
  if (transformation === 'pytorch_half_pixel') return output > 1 ? (i + 0.5) / scale - 0.5 : 0;
  if (transformation === 'align_corners') return output > 1 ? (i * (input - 1)) / (output - 1) : 0;
  if (transformation === 'tf_half_pixel_for_nn') return (i + 0.5) / scale;
  return undefined;
}

const roundings: Readonly<Record<string, (x: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
};
