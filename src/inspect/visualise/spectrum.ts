import FFT from 'fft.js';

/**
 * The inverse Fourier transform from half spectra to real pictures, and its adjoint. A half spectrum is complex
 * [width/2 + 1,height], column after column, real and imaginary part beside each other: of a real picture the other half
 * follows. Height and width are powers of two from 2 up.
 */
export class Spectrum {
  readonly height: number;
  readonly width: number;
  /** Numbers of a half spectrum, two for each coefficient. */
  readonly length: number;
  readonly #columns: number;
  readonly #alongColumn: FFT;
  readonly #alongRow: FFT;
  /** One column, one pair of rows, before and after. */
  readonly #column: [Float64Array, Float64Array];
  readonly #rows: [Float64Array, Float64Array];
  /** Transformed along the columns only. */
  readonly #half: Float64Array;

  constructor(height: number, width: number) {
    this.height = height;
    this.width = width;
    this.#columns = width / 2 + 1;
    this.length = 2 * this.#columns * height;
    this.#alongColumn = new FFT(height);
    this.#alongRow = new FFT(width);
    this.#column = [new Float64Array(2 * height), new Float64Array(2 * height)];
    this.#rows = [new Float64Array(2 * width), new Float64Array(2 * width)];
    this.#half = new Float64Array(this.length);
  }

  /** Radial frequency of each coefficient in cycles per pixel [width/2 + 1,height]. */
  frequencies(): Float64Array {
    const { height, width } = this;
    const signed = (k: number) => (k <= height / 2 ? k : k - height) / height;
    return Float64Array.from({ length: this.length / 2 }, (_, i) => Math.hypot(Math.floor(i / height) / width, signed(i % height)));
  }

  /**
   * The picture [height,width] of a half spectrum, normalised by 1/(height·width), as numpy's irfft2: imaginary parts that no
   * real picture has count for nothing.
   */
  picture(spectrum: Float64Array, picture: Float64Array): void {
    const { height, width } = this;
    const [from, to] = this.#column;
    for (let at = 0; at < this.length; at += 2 * height) {
      from.set(spectrum.subarray(at, at + 2 * height));
      this.#alongColumn.inverseTransform(to, from);
      this.#half.set(to, at);
    }
    const [mixed, pair] = this.#rows;
    for (let row = 0; row < height; row += 2) {
      this.#mix(row, mixed);
      this.#alongRow.inverseTransform(pair, mixed);
      for (let x = 0; x < width; x++) {
        picture[row * width + x] = pair[2 * x]!;
        picture[(row + 1) * width + x] = pair[2 * x + 1]!;
      }
    }
  }

  /** Transforms of two real rows a and b as one, that of a + i·b. */
  #mix(row: number, mixed: Float64Array): void {
    const { height, width } = this;
    const half = this.#half;
    for (let k = 0; k <= width / 2; k++) {
      const at = 2 * (k * height + row);
      const alone = k === 0 || k === width / 2;
      const aRe = half[at]!;
      const aIm = alone ? 0 : half[at + 1]!;
      const bRe = half[at + 2]!;
      const bIm = alone ? 0 : half[at + 3]!;
      mixed[2 * k] = aRe - bIm;
      mixed[2 * k + 1] = aIm + bRe;
      if (alone) continue;
      const mirror = 2 * (width - k);
      mixed[mirror] = aRe + bIm;
      mixed[mirror + 1] = bRe - aIm;
    }
  }

  /** The adjoint of `picture`: the gradient at the spectrum from that at the picture. */
  adjoint(gradient: Float64Array, spectrum: Float64Array): void {
    const { height, width } = this;
    const [pair, mixed] = this.#rows;
    for (let row = 0; row < height; row += 2) {
      for (let x = 0; x < width; x++) {
        pair[2 * x] = gradient[row * width + x]!;
        pair[2 * x + 1] = gradient[(row + 1) * width + x]!;
      }
      this.#alongRow.transform(mixed, pair);
      this.#part(row, mixed);
    }
    const [from, to] = this.#column;
    for (let k = 0; k < this.#columns; k++) {
      const at = 2 * k * height;
      from.set(this.#half.subarray(at, at + 2 * height));
      this.#alongColumn.transform(to, from);
      // A coefficient stands for its mirror image too, but for those that are their own.
      const weight = (k === 0 || k === width / 2 ? 1 : 2) / (height * width);
      for (let i = 0; i < 2 * height; i++) spectrum[at + i] = to[i]! * weight;
    }
  }

  /** Undoes `#mix`, as far as half the spectrum goes. */
  #part(row: number, mixed: Float64Array): void {
    const { height, width } = this;
    const half = this.#half;
    for (let k = 0; k <= width / 2; k++) {
      const mirror = 2 * ((width - k) % width);
      const re = mixed[2 * k]!;
      const im = mixed[2 * k + 1]!;
      const mRe = mixed[mirror]!;
      const mIm = mixed[mirror + 1]!;
      const at = 2 * (k * height + row);
      half[at] = (re + mRe) / 2;
      half[at + 1] = (im - mIm) / 2;
      half[at + 2] = (im + mIm) / 2;
      half[at + 3] = (mRe - re) / 2;
    }
  }
}

/** The smallest power of two that is not below `size`, from 2 up. */
export function powerOfTwo(size: number): number {
  return 2 ** Math.max(1, Math.ceil(Math.log2(size)));
}
