import type { Pads, Pair } from '../../graph/opset.ts';
import { extent } from '../../ops/window.ts';
import { samePadding } from '../samePadding.ts';
import type { NodeContext } from './context.ts';

/** The two spatial entries of an attribute with one number per axis of the image; the others must be 1. */
export function spatial(n: NodeContext, name: string): Pair {
  const values = n.ints(name) ?? [1, 1, 1, 1];
  const [batch, channels, height, width] = n.string('data_format', 'NHWC') === 'NCHW' ? [0, 1, 2, 3] : [0, 3, 1, 2];
  const [h, w] = [values[height as number], values[width as number]];
  if (values.length !== 4 || values[batch as number] !== 1 || values[channels as number] !== 1 || !isSize(h) || !isSize(w))
    throw n.unsupported(`has ${name} [${values}]; only rows and columns can be stepped over`);
  return [h, w];
}

function isSize(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value > 0 && value < 2 ** 31;
}

/** Pads of a window over an image of `size`: `padding` is SAME, VALID or EXPLICIT. */
export function pads(n: NodeContext, size: Pair, { kernel, strides, dilations }: { kernel: Pair; strides: Pair; dilations: Pair }): Pads {
  const padding = n.string('padding', 'VALID');
  if (padding === 'VALID') return [0, 0, 0, 0];
  if (padding === 'SAME') {
    const [top, bottom] = samePadding(size[0], extent(kernel[0], dilations[0]), strides[0]);
    const [left, right] = samePadding(size[1], extent(kernel[1], dilations[1]), strides[1]);
    return [top, left, bottom, right];
  }
  const explicit = n.ints('explicit_paddings') ?? [];
  const first = n.string('data_format', 'NHWC') === 'NCHW' ? 4 : 2;
  const [top, bottom, left, right] = explicit.slice(first) as [number, number, number, number];
  const others = [...explicit.slice(0, first), ...explicit.slice(first + 4)];
  if (
    padding !== 'EXPLICIT' ||
    explicit.length !== 8 ||
    others.some((p) => p !== 0) ||
    [top, bottom, left, right].some((p) => !(p >= 0 && p < 2 ** 31))
  )
    throw n.unsupported(`has padding '${padding}' [${explicit}]`);
  return [top, left, bottom, right];
}
