import type { Random } from '../../shared/random.ts';
import { normal } from './normal.ts';
import type { Spectrum } from './spectrum.ts';

/**
 * Half spectra of which the phases are free and the magnitudes are not. A coefficient whose mirror image lies in the same half
 * (first and last column) has its mirror's phase turned round, or none where it is its own: so real pictures have
 * these magnitudes exactly.
 *
 * What is free are numbers whose mean and spread do not count: brought to a standard deviation of 1 they are what each phase is
 * turned by from a start of its own, spread evenly. The further they have gone, the less a step of the same size turns a phase, so that a
 * climb comes to rest. So it is in Xplique, whose phases all start at 0, which makes a bright spot in the corner.
 */
export class Phases {
  /** [channels, coefficients of a half spectrum]; those of mirror images count for the spread alone. */
  readonly values: Float64Array;
  /** Of each coefficient of a half spectrum, the same for all channels. */
  readonly magnitude: Float64Array;
  readonly #height: number;
  /** Radians. */
  readonly #start: Float64Array;
  readonly #phases: Float64Array;
  #deviation = 1;

  constructor(spectrum: Spectrum, channels: number, random: Random) {
    this.magnitude = naturalMagnitude(spectrum);
    this.#height = spectrum.height;
    const length = channels * this.magnitude.length;
    this.values = normal(random, length, 1);
    this.#start = Float64Array.from({ length }, () => (2 * random.uniform() - 1) * Math.PI);
    this.#phases = new Float64Array(this.values.length);
  }

  /** Writes r·e^{iφ}. */
  turn(coefficients: Float64Array): void {
    const { magnitude } = this;
    const phases = this.#phases;
    this.#standardise();
    for (let i = 0; i < phases.length; i++) {
      const r = magnitude[i % magnitude.length]!;
      coefficients[2 * i] = r * Math.cos(phases[i]!);
      coefficients[2 * i + 1] = r * Math.sin(phases[i]!);
    }
    this.#eachTied((at, mirror) => {
      coefficients[2 * at] = coefficients[2 * mirror]!;
      coefficients[2 * at + 1] = -coefficients[2 * mirror + 1]!;
    });
    this.#eachAlone((at) => {
      coefficients[2 * at] = magnitude[at % magnitude.length]! * (Math.cos(this.#start[at]!) < 0 ? -1 : 1);
      coefficients[2 * at + 1] = 0;
    });
  }

  #standardise(): void {
    const { values } = this;
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    this.#deviation = Math.sqrt(variance);
    for (let i = 0; i < values.length; i++) this.#phases[i] = this.#start[i]! + (values[i]! - mean) / this.#deviation;
  }

  /** Gradient at `values` from that at the coefficients, which is symmetric where they are. */
  handBack(coefficients: Float64Array, gradient: Float64Array): void {
    const { magnitude } = this;
    const phases = this.#phases;
    for (let i = 0; i < phases.length; i++) {
      const r = magnitude[i % magnitude.length]!;
      gradient[i] = r * (coefficients[2 * i + 1]! * Math.cos(phases[i]!) - coefficients[2 * i]! * Math.sin(phases[i]!));
    }
    this.#eachTied((at, mirror) => {
      gradient[at] = 0;
      gradient[mirror] = 2 * gradient[mirror]!;
    });
    this.#eachAlone((at) => {
      gradient[at] = 0;
    });
    this.#standardiseBack(gradient);
  }

  /** What changes mean or spread alone turns no phase. */
  #standardiseBack(gradient: Float64Array): void {
    const turned = (i: number) => this.#phases[i]! - this.#start[i]!;
    let [sum, along] = [0, 0];
    for (let i = 0; i < gradient.length; i++) {
      sum += gradient[i]!;
      along += gradient[i]! * turned(i);
    }
    const [mean, share] = [sum / gradient.length, along / gradient.length];
    for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i]! - mean - share * turned(i)) / this.#deviation;
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
