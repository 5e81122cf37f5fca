import type { Tensor } from '@tensorflow/tfjs-core';

export type Tf = typeof import('@tensorflow/tfjs-core');

/** Where axis 1, the channels, lies in memory: in its place (NCHW), or behind all others (NHWC), as convolutions want it. */
export type Channels = 'first' | 'last';

/** Shape as it lies in memory. */
export function storedShape(shape: readonly number[], channels: Channels): number[] {
  if (channels === 'first' || shape.length < 3) return [...shape];
  return [shape[0] as number, ...shape.slice(2), shape[1] as number];
}

/** Axis of the graph as an axis in memory. */
export function storedAxis(axis: number, rank: number, channels: Channels): number {
  if (channels === 'first' || rank < 3 || axis === 0) return axis;
  return axis === 1 ? rank - 1 : axis - 1;
}

/**
 * A value of the graph while it runs. Its shape and axes are the graph's; only the order in memory differs, so that a chain
 * of convolutions, pools and element-wise operators does not transpose. The other order is made when an operator asks for
 * it and lives as long as the value.
 */
export class Value {
  readonly shape: readonly number[];
  readonly tensor: Tensor;
  readonly channels: Channels;
  readonly #tf: Tf;
  #other: Tensor | undefined;

  /** @param tensor lies in memory as `channels` says; the value owns it */
  constructor(tf: Tf, tensor: Tensor, channels: Channels = 'first') {
    const { shape } = tensor;
    this.#tf = tf;
    this.tensor = tensor;
    this.channels = shape.length < 3 ? 'first' : channels;
    this.shape = this.channels === 'last' ? [shape[0] as number, shape.at(-1) as number, ...shape.slice(1, -1)] : shape;
  }

  get rank(): number {
    return this.shape.length;
  }

  get first(): Tensor {
    return this.in('first');
  }

  get last(): Tensor {
    return this.in('last');
  }

  in(channels: Channels): Tensor {
    if (this.channels === channels || this.rank < 3) return this.tensor;
    this.#other ??= this.#tf.keep(this.#reordered(channels));
    return this.#other;
  }

  /** Whether this tensor belongs to the value. */
  owns(tensor: Tensor): boolean {
    return tensor === this.tensor || tensor === this.#other;
  }

  dispose(): void {
    this.tensor.dispose();
    this.#other?.dispose();
  }

  #reordered(channels: Channels): Tensor {
    const stored = storedShape(this.shape, channels);
    const spatial = this.shape.slice(2).reduce((n, d) => n * d, 1);
    // One channel or one position: the order in memory is the same.
    if (this.shape[1] === 1 || spatial === 1) return this.#tf.reshape(this.tensor, stored);
    const axes = Array.from({ length: this.rank }, (_, k) => k);
    const perm = channels === 'last' ? [0, ...axes.slice(2), 1] : [0, this.rank - 1, ...axes.slice(1, -1)];
    return this.#tf.transpose(this.tensor, perm);
  }
}
