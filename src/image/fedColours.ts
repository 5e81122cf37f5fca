import type { Preprocessing } from '../shared/sidecar.ts';
import { checkFits, type InputSize, pixelBounds, planes } from './preprocess.ts';

/**
 * What a network is fed for pictures with values 0 … 1 of the input's size, planes R G B, or grey where one channel is fed:
 * affine in the picture. Alpha is opaque.
 */
export class FedColours {
  /** Planes of a picture. */
  readonly channels: 1 | 3;
  readonly #input: InputSize;
  /** Fed values of black and white by fed channel, and the plane of the picture that each shows; undefined: alpha. */
  readonly #fed: readonly { black: number; spread: number; plane: number | undefined }[];

  /** Throws ModelError as `preprocess` does where the preprocessing does not fit the input. */
  constructor(how: Preprocessing, input: InputSize) {
    checkFits(how, input);
    this.#input = input;
    this.channels = how.channels === 'gray' ? 1 : 3;
    const { low, high } = pixelBounds(how, input);
    this.#fed = planes[how.channels].map((plane, c) => {
      const opaque = plane >= this.channels;
      const spread = high[c]! - low[c]!;
      return { black: opaque ? high[c]! : low[c]!, spread: opaque ? 0 : spread, plane: opaque ? undefined : plane };
    });
  }

  /** Pictures [n,channels,H,W] → fed [n,C,H,W]. */
  feed(pictures: Float32Array): Float32Array {
    const cells = this.#cells;
    const n = pictures.length / (this.channels * cells);
    const fed = new Float32Array(n * this.#fed.length * cells);
    this.#each(n, (to, from, { black, spread }) => {
      if (from === undefined) fed.fill(black, to, to + cells);
      else for (let i = 0; i < cells; i++) fed[to + i] = black + spread * pictures[from + i]!;
    });
    return fed;
  }

  /** Gradient at the pictures from that at what is fed: the adjoint of `feed`'s linear part. */
  handBack(gradient: Float32Array): Float32Array {
    const cells = this.#cells;
    const n = gradient.length / (this.#fed.length * cells);
    const pictures = new Float32Array(n * this.channels * cells);
    this.#each(n, (from, to, { spread }) => {
      if (to !== undefined) for (let i = 0; i < cells; i++) pictures[to + i] = spread * gradient[from + i]!;
    });
    return pictures;
  }

  get #cells(): number {
    return this.#input.height * this.#input.width;
  }

  /** Where each fed plane and its picture's plane begin. */
  #each(n: number, work: (fed: number, picture: number | undefined, how: { black: number; spread: number }) => void): void {
    const cells = this.#cells;
    for (let image = 0; image < n; image++) {
      for (const [c, how] of this.#fed.entries()) {
        const fed = (image * this.#fed.length + c) * cells;
        work(fed, how.plane === undefined ? undefined : (image * this.channels + how.plane) * cells, how);
      }
    }
  }
}
