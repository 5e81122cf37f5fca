import type { GraphBuilder } from '../../graph/builder.ts';
import { bindBatch } from '../../graph/graph.ts';
import type { Dim, Shape } from '../../graph/opset.ts';
import { ModelError } from '../../shared/errors.ts';
import { type Known, known, toTensor } from '../known/known.ts';
import { transpose } from '../known/move.ts';
import { tight } from '../tight.ts';
import type { TfConstant } from './graph.ts';

/**
 * What a tensor of the file is in the import: values known now, or a value of the graph. `order` says how a graph value
 * lies: 'NCHW' where the file's is an image [N,H,W,C] and ours [N,C,H,W]; 'file' as the file has it; 'picture' as the file
 * has it, and that is an image [N,C,H,W].
 */
export type Held = { constant: TfConstant } | { value: string; order: Order };
export type Order = 'file' | 'NCHW' | 'picture';

export const TO_FIRST = [0, 3, 1, 2] as const;
export const TO_LAST = [0, 2, 3, 1] as const;

/** Axis of the graph value for axis `axis` of the file's tensor. */
export function graphAxis(order: Order, axis: number): number {
  return order === 'NCHW' ? ([0, 2, 3, 1][axis] as number) : axis;
}

/** A value known at import time as a constant of the file. */
export function asConstant(k: Known): TfConstant {
  return { dtype: k.dtype, shape: k.shape, read: () => k.data };
}

export function asKnown({ dtype, shape, read }: TfConstant): Known {
  return known(dtype, shape, read());
}

/** Values of the file by tensor name, and their forms in the graph: each turned at most once. */
export class Values {
  readonly b: GraphBuilder;
  /**
   * Images (or sequences) that the file has flattened to the rows of a matrix, [N·H·W,C], to multiply each cell's channels by it
   * (Dense on an image, tf.tensordot): what they are rows of. As rows they would mix the batch with other axes.
   */
  readonly rows = new Map<string, Held>();
  readonly #held = new Map<string, Held>();
  /** Graph values made from others by turning the axes, by what they are made of. */
  readonly #turned = new Map<string, string>();
  readonly #constants = new Map<string, string>();

  constructor(b: GraphBuilder) {
    this.b = b;
  }

  get(tensor: string): Held | undefined {
    return this.#held.get(tensor);
  }

  set(tensor: string, held: Held): void {
    this.#held.set(tensor, held);
  }

  /** Shape as the file has it. */
  shape(held: Held): Shape {
    if ('constant' in held) return held.constant.shape;
    const shape = this.b.shape(held.value);
    return held.order === 'NCHW' ? TO_LAST.map((axis) => shape[axis] as Dim) : shape;
  }

  /** The graph value in the file's order of axes. */
  plain(held: Held, name: string): string {
    if ('constant' in held) return this.#constant(held.constant, name, 'file');
    return held.order === 'NCHW' ? this.#turn(held.value, 'last') : held.value;
  }

  /** The graph value [N,C,H,W] of an image that the file has as [N,H,W,C]. */
  channelsFirst(held: Held, name: string): string {
    if ('constant' in held) return this.#constant(held.constant, name, 'NCHW');
    return held.order === 'NCHW' ? held.value : this.#turn(held.value, 'first');
  }

  #turn(value: string, channels: 'first' | 'last'): string {
    const key = `${value}:${channels === 'first' ? 'NCHW' : 'NHWC'}`;
    const done = this.#turned.get(key);
    if (done !== undefined) return done;
    const perm = channels === 'first' ? TO_FIRST : TO_LAST;
    const from = this.b.shape(value);
    const to = perm.map((axis) => from[axis] as Dim);
    // One place or one channel: nothing moves.
    const [a, b, c] = bindBatch(from.slice(1), 1) as [number, number, number];
    const still = channels === 'first' ? (a === 1 && b === 1) || c === 1 : a === 1 || (b === 1 && c === 1);
    const name = this.b.unique(key);
    const turned = still ? this.b.op('Reshape', [value], { shape: to }, name) : this.b.op('Transpose', [value], { perm }, name);
    this.#turned.set(key, turned);
    return turned;
  }

  /** As a constant of the graph, made once. Channels first: axes are added in front, and ones in front left out again. */
  #constant(constant: TfConstant, name: string, order: 'file' | 'NCHW'): string {
    const key = `${name}:${order}`;
    const done = this.#constants.get(key);
    if (done !== undefined) return done;
    let k = asKnown(constant);
    if (order === 'NCHW' && k.shape.length > 0) {
      k = transpose(known(k.dtype, [1, 1, 1, ...k.shape].slice(-4), k.data), TO_FIRST);
      k = known(k.dtype, k.shape.slice(k.shape.findIndex((d) => d !== 1)), k.data);
    }
    const tensor = toTensor(k);
    if (!tensor) throw new ModelError('unsupported', `'${name}' depends on the batch size and is computed with.`, { where: name });
    if (k.dtype === 'float32') refuseNotFinite(name, k.data);
    const value = this.b.constant(name, k.dtype === 'float32' ? { ...tensor, data: tight(k.data) } : tensor);
    this.#constants.set(key, value);
    return value;
  }
}

/** Throws ModelError('weights') naming the tensor if one value is NaN or infinite. */
export function refuseNotFinite(name: string, data: Float32Array): void {
  let at = 0;
  while (at < data.length && Number.isFinite(data[at])) at += 1;
  if (at === data.length) return;
  throw new ModelError('weights', `The weight '${name}' holds ${data[at]} (first at element ${at} of ${data.length}).`, {
    where: name,
    hint: 'Training has probably diverged: save the model from an earlier checkpoint.',
  });
}
