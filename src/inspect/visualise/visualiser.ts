import type { Params } from '../../explain/method.ts';
import type { VisualiserInfo } from '../../shared/unitsProtocol.ts';

/** Pictures are [channels,height,width] in 0 … 1: R G B, or grey for networks that see no colour. */
export interface PictureSize {
  channels: 1 | 3;
  height: number;
  width: number;
}

/** A picture of the network's size, or larger. */
export interface Rendered extends PictureSize {
  /** Valid until the next step. */
  values: Float32Array;
}

/**
 * One climb: a picture, its parameters, and how they follow the gradient. In each step `ask`, then `follow`; `render` at any
 * time, cheap between the two.
 */
export interface Climb {
  steps: number;
  /** Pictures asked about in each step. */
  batch: number;
  /** Pictures [batch,channels,height,width] whose gradients are wanted, valid until the next call. Those of the network's input. */
  ask(): Float32Array;
  /** Gradients of the objective at the pictures asked about: the parameters go up the mean of them. */
  follow(gradients: Float32Array): void;
  render(): Rendered;
  /** How much each pixel of what is rendered mattered [height,width], 0 … 1; absent: the method does not say. */
  opacity?(): Float32Array;
}

/** A way to make a picture that excites something in a network. */
export interface Visualiser {
  info: VisualiserInfo;
  /** @param size of the network's input */
  start(size: PictureSize, params: Params): Climb;
}
