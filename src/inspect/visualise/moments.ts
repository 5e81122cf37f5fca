const decay = { mean: 0.9, square: 0.999 };

/** Running means of a gradient and of its square, as Adam and what came after it keep them; biased to 0 at first. */
export class Moments {
  /** How fast they forget. */
  static readonly decay: Readonly<typeof decay> = decay;
  readonly mean: Float64Array;
  readonly square: Float64Array;
  /** Gradients taken in. */
  step = 0;

  constructor(length: number) {
    this.mean = new Float64Array(length);
    this.square = new Float64Array(length);
  }

  add(gradient: Float64Array): void {
    const { mean, square } = this;
    this.step += 1;
    for (let i = 0; i < gradient.length; i++) {
      const g = gradient[i]!;
      mean[i] = decay.mean * mean[i]! + (1 - decay.mean) * g;
      square[i] = decay.square * square[i]! + (1 - decay.square) * g * g;
    }
  }
}
