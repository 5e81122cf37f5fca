/**
 * Adam, climbing: parameters go up their gradient.
 * @see Kingma, Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1
 */
export class Adam {
  readonly #rate: number;
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  #step = 0;

  constructor(length: number, rate: number) {
    this.#rate = rate;
    this.#mean = new Float64Array(length);
    this.#square = new Float64Array(length);
  }

  climb(parameters: Float64Array, gradient: Float64Array): void {
    const [mean, square] = [this.#mean, this.#square];
    this.#step += 1;
    const unbias = Math.sqrt(1 - decay.square ** this.#step);
    const rate = (this.#rate * unbias) / (1 - decay.mean ** this.#step);
    // ε belongs to the unbiased root.
    const small = epsilon * unbias;
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i]!;
      const m = decay.mean * mean[i]! + (1 - decay.mean) * g;
      const s = decay.square * square[i]! + (1 - decay.square) * g * g;
      mean[i] = m;
      square[i] = s;
      parameters[i] = parameters[i]! + (rate * m) / (Math.sqrt(s) + small);
    }
  }
}

const decay = { mean: 0.9, square: 0.999 };
const epsilon = 1e-8;
