import { Moments } from './moments.ts';

const { decay } = Moments;
const epsilon = 1e-7;

/**
 * Adam with Nesterov momentum, climbing, as Keras has it (schedule of the momentum included).
 * @see Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop 2016, algorithm 2
 */
export class Nadam {
  readonly #rate: number;
  readonly #moments: Moments;
  /** Product of the momenta so far. */
  #product = 1;

  constructor(length: number, rate: number) {
    this.#rate = rate;
    this.#moments = new Moments(length);
  }

  climb(parameters: Float64Array, gradient: Float64Array): void {
    this.#moments.add(gradient);
    const { mean, square, step } = this.#moments;
    const [now, next] = [momentum(step), momentum(step + 1)];
    this.#product *= now;
    const ofMean = next / (1 - this.#product * next);
    const ofGradient = (1 - now) / (1 - this.#product);
    const ofSquare = 1 / (1 - decay.square ** step);
    for (let i = 0; i < parameters.length; i++) {
      const way = ofMean * mean[i]! + ofGradient * gradient[i]!;
      parameters[i] = parameters[i]! + (this.#rate * way) / (Math.sqrt(square[i]! * ofSquare) + epsilon);
    }
  }
}

function momentum(step: number): number {
  return decay.mean * (1 - 0.5 * 0.96 ** step);
}
