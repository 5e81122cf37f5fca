/**
 * Adam with Nesterov momentum, climbing, as Keras has it (schedule of the momentum included).
 * @see Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop 2016, algorithm 2
 */
export class Nadam {
  readonly #rate: number;
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  #step = 0;
  /** Product of the momenta so far. */
  #product = 1;

  constructor(length: number, rate: number) {
    this.#rate = rate;
    this.#mean = new Float64Array(length);
    this.#square = new Float64Array(length);
  }

  climb(parameters: Float64Array, gradient: Float64Array): void {
    const [mean, square] = [this.#mean, this.#square];
    this.#step += 1;
    const [now, next] = [momentum(this.#step), momentum(this.#step + 1)];
    this.#product *= now;
    const ofMean = next / (1 - this.#product * next);
    const ofGradient = (1 - now) / (1 - this.#product);
    const ofSquare = 1 / (1 - decay.square ** this.#step);
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i]!;
      const m = decay.mean * mean[i]! + (1 - decay.mean) * g;
      const s = decay.square * square[i]! + (1 - decay.square) * g * g;
      mean[i] = m;
      square[i] = s;
      parameters[i] = parameters[i]! + (this.#rate * (ofMean * m + ofGradient * g)) / (Math.sqrt(s * ofSquare) + epsilon);
    }
  }
}

function momentum(step: number): number {
  return decay.mean * (1 - 0.5 * 0.96 ** step);
}

const decay = { mean: 0.9, square: 0.999 };
const epsilon = 1e-7;
