import { type Known, known, numbers, type Scalar } from '../../known/known.ts';
import { slice, strides, view } from '../../known/move.ts';
import { moments } from '../../known/reduce.ts';
import type { NodeContext } from '../context.ts';
import { bounded } from './make.ts';

type Inputs = readonly [Known, ...(Known | undefined)[]];

/** Bounds are attributes up to opset 10, inputs after. */
export function clip(n: NodeContext, [a, min, max]: Inputs): Known | undefined {
  const low = n.opset < 11 ? n.float('min', Number.NEGATIVE_INFINITY) : min ? numbers(min)?.[0] : Number.NEGATIVE_INFINITY;
  const high = n.opset < 11 ? n.float('max', Number.POSITIVE_INFINITY) : max ? numbers(max)?.[0] : Number.POSITIVE_INFINITY;
  const values = numbers(a);
  if (!values || low === undefined || high === undefined) return undefined;
  return known(
    a.dtype,
    a.shape,
    Array.from(values, (v) => Math.min(high, Math.max(low, v))),
  );
}

/**
 * BatchNormalization of a constant. In training mode, over the tensor's own statistics, it is how PyTorch writes the
 * standardised weights of NFNet and BiT: [1, outputs, inputs].
 */
export function normalise(n: NodeContext, [x, ...parameters]: Inputs): Known | undefined {
  const values = numbers(x);
  const training = n.flag('training_mode');
  const own = training ? moments(x, 1) : undefined;
  const [scale, bias, mean, variance] = parameters.map((k) => k && numbers(k));
  if (!values || !scale || !bias || (training ? !own : !mean || !variance)) return undefined;
  const means = own?.mean ?? (mean as ArrayLike<number>);
  const variances = own?.variance ?? (variance as ArrayLike<number>);
  const epsilon = n.float('epsilon', 1e-5);
  const channels = x.shape[1] as number;
  const run = strides(x.shape)[1] as number;
  const data = new Float32Array(values.length);
  for (let i = 0; i < data.length; i++) {
    const c = Math.floor(i / run) % channels;
    const centred = (values[i] as number) - (means[c] as number);
    data[i] = (centred / Math.sqrt((variances[c] as number) + epsilon)) * (scale[c] as number) + (bias[c] as number);
  }
  return known('float32', x.shape, data);
}

export function split(n: NodeContext, [a]: Inputs): readonly Known[] | undefined {
  const axis = n.axis(n.int('axis', 0), a.shape.length);
  const parts = n.proto.outputs.length;
  const whole = a.shape[axis] as number;
  const each = Math.ceil(whole / parts);
  const sizes = n.list('split', 1) ?? Array.from({ length: parts }, (_, i) => Math.min(each, whole - i * each));
  if (sizes.length !== parts || sizes.some((s) => s < 0) || sizes.reduce((s, d) => s + d, 0) !== whole) return undefined;
  let start = 0;
  return sizes.map((size) => {
    const part = slice(a, [{ axis, start, size, step: 1 }]);
    start += size;
    return part;
  });
}

/** Repeats along each axis. */
export function tile(n: NodeContext, [a, repeats]: Inputs): Known | undefined {
  const times = repeats && numbers(repeats);
  if (!times || times.length !== a.shape.length) return undefined;
  const shape = bounded(
    n,
    a.shape.map((d, i) => d * (times[i] as number)),
    a.dtype,
  );
  const steps = strides(a.shape);
  // As a view of twice the rank: [times, size] for each axis.
  const full = a.shape.flatMap((d, i) => [times[i] as number, d]);
  const repeated = view(
    a,
    full,
    0,
    steps.flatMap((s) => [0, s]),
  );
  return known(a.dtype, shape, repeated.data as readonly Scalar[]);
}
