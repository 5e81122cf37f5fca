import { Moments } from './moments.ts';

const { decay } = Moments;
const epsilon = 1e-8;

/**
 * Adam, climbing: parameters go up their gradient.
 * @see Kingma, Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1
 */
export class Adam {
  readonly #rate: number;
  readonly #moments: Moments;

  constructor(length: number, rate: number) {
    this.#rate = rate;
    this.#moments = new Moments(length);
  }

  climb(parameters: Float64Array, gradient: Float64Array): void {
    this.#moments.add(gradient);
    const { mean, square, step } = this.#moments;
    const unbias = Math.sqrt(1 - decay.square ** step);
    const rate = (this.#rate * unbias) / (1 - decay.mean ** step);
    // ε belongs to the unbiased root.
    const small = epsilon * unbias;
    for (let i = 0; i < parameters.length; i++) parameters[i] = parameters[i]! + (rate * mean[i]!) / (Math.sqrt(square[i]!) + small);
  }
}
