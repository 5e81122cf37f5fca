import type { Random } from '../../explain/random.ts';
import type { Spectrum } from './spectrum.ts';

/**
 * Half spectra of which the phases are free and the magnitudes are not. A coefficient whose mirror image lies in the same half
 * (first and last column) has its mirror's phase turned round, or none where it is its own: so real pictures have
 * these magnitudes exactly.
 */
export class Phases {
  /** Radians, [channels, coefficients of a half spectrum]; those of mirror images are not read. */
  readonly values: Float64Array;
  /** Of each coefficient of a half spectrum, the same for all channels. */
  readonly magnitude: Float64Array;
  readonly #height: number;

  /** Starts anywhere. */
  constructor(spectrum: Spectrum, channels: number, random: Random) {
    this.magnitude = naturalMagnitude(spectrum);
    this.#height = spectrum.height;
    this.values = Float64Array.from({ length: channels * this.magnitude.length }, () => (2 * random.uniform() - 1) * Math.PI);
  }

  /** Writes r·e^{iφ}. */
  turn(coefficients: Float64Array): void {
    const { magnitude, values } = this;
    for (let i = 0; i < values.length; i++) {
      const r = magnitude[i % magnitude.length]!;
      coefficients[2 * i] = r * Math.cos(values[i]!);
      coefficients[2 * i + 1] = r * Math.sin(values[i]!);
    }
    this.#eachTied((at, mirror) => {
      coefficients[2 * at] = coefficients[2 * mirror]!;
      coefficients[2 * at + 1] = -coefficients[2 * mirror + 1]!;
    });
    this.#eachAlone((at) => {
      coefficients[2 * at] = magnitude[at % magnitude.length]! * (Math.cos(values[at]!) < 0 ? -1 : 1);
      coefficients[2 * at + 1] = 0;
    });
  }

  /** Gradient at the phases from that at the coefficients, which is symmetric where they are. */
  handBack(coefficients: Float64Array, phases: Float64Array): void {
    const { magnitude, values } = this;
    for (let i = 0; i < values.length; i++) {
      const r = magnitude[i % magnitude.length]!;
      phases[i] = r * (coefficients[2 * i + 1]! * Math.cos(values[i]!) - coefficients[2 * i]! * Math.sin(values[i]!));
    }
    this.#eachTied((at, mirror) => {
      phases[at] = 0;
      phases[mirror] = 2 * phases[mirror]!;
    });
    this.#eachAlone((at) => {
      phases[at] = 0;
    });
  }

  /** First and last column of each channel. */
  *#mirrored(): Generator<number> {
    const { length } = this.magnitude;
    for (let from = 0; from < this.values.length; from += length) {
      yield from;
      yield from + length - this.#height;
    }
  }

  #eachTied(work: (at: number, mirror: number) => void): void {
    const height = this.#height;
    for (const column of this.#mirrored()) for (let k = 1; k < height / 2; k++) work(column + height - k, column + k);
  }

  #eachAlone(work: (at: number) => void): void {
    for (const column of this.#mirrored()) for (const k of [0, this.#height / 2]) work(column + k);
  }
}

/**
 * 1/f, without a mean, for pictures of variance 1: [half spectrum].
 * @see Field, Relations between the statistics of natural images and the response properties of cortical cells, JOSA A 1987
 */
function naturalMagnitude(spectrum: Spectrum): Float64Array {
  const { height, width } = spectrum;
  const shape = spectrum.frequencies().map((f) => (f === 0 ? 0 : 1 / f));
  // Parseval, over the whole spectrum: all but the first and the last column stand for their mirror images too.
  const power = shape.reduce((sum, r, i) => sum + r * r * (i < height || i >= shape.length - height ? 1 : 2), 0);
  const scale = (height * width) / Math.sqrt(power);
  return shape.map((r) => r * scale);
}
