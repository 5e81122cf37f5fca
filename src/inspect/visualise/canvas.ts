import { correlate, correlateAdjoint, squash, squashGradient } from './colour.ts';
import { Spectrum } from './spectrum.ts';
import type { PictureSize } from './visualiser.ts';

/** A picture made of Fourier coefficients of decorrelated colours: sides are powers of two. */
export class Canvas {
  readonly size: PictureSize;
  readonly spectrum: Spectrum;
  /** Numbers of all coefficients: a half spectrum for each colour. */
  readonly length: number;
  /** [channels,height,width] in 0 … 1, as last painted. */
  readonly picture: Float32Array;
  readonly #planes: Float64Array;
  readonly #logits: Float64Array;

  constructor(size: PictureSize) {
    this.size = size;
    this.spectrum = new Spectrum(size.height, size.width);
    this.length = size.channels * this.spectrum.length;
    const cells = size.channels * size.height * size.width;
    this.picture = new Float32Array(cells);
    this.#planes = new Float64Array(cells);
    this.#logits = new Float64Array(cells);
  }

  /** Makes the picture of coefficients [channels, half spectrum]. */
  paint(coefficients: Float64Array): void {
    this.#eachPlane(coefficients, (spectrum, plane) => this.spectrum.picture(spectrum, plane));
    correlate(this.#planes, this.size.channels, this.#logits);
    squash(this.#logits, this.picture);
  }

  /** Gradient at the coefficients from one at the picture last painted. */
  handBack(gradient: Float32Array, coefficients: Float64Array): void {
    squashGradient(gradient, this.picture, this.#logits);
    correlateAdjoint(this.#logits, this.size.channels, this.#planes);
    this.#eachPlane(coefficients, (spectrum, plane) => this.spectrum.adjoint(plane, spectrum));
  }

  #eachPlane(coefficients: Float64Array, work: (spectrum: Float64Array, plane: Float64Array) => void): void {
    const { length } = this.spectrum;
    const cells = this.size.height * this.size.width;
    for (let c = 0; c < this.size.channels; c++) {
      work(coefficients.subarray(c * length, (c + 1) * length), this.#planes.subarray(c * cells, (c + 1) * cells));
    }
  }
}
