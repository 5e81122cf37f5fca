/** No point moves further in one iteration. */
const longestStep = 5;
const smallestGain = 0.01;

export interface StepSize {
  exaggeration: number;
  learningRate: number;
  momentum: number;
  /** The mean stays at the origin. Not where points are held to places: these say where the layout is. */
  centred: boolean;
}

/**
 * Gradient descent with momentum and a gain for each coordinate, which grows while steps go one way and shrinks where they turn.
 * @see Jacobs, Increased rates of convergence through learning rate adaptation, Neural Networks 1988
 */
export class Descent {
  /** [n,2]: the last step, and the factors of the learning rate. */
  readonly steps: Float64Array;
  readonly gains: Float64Array;

  constructor(count: number) {
    this.steps = new Float64Array(2 * count);
    this.gains = new Float64Array(2 * count).fill(1);
  }

  /** Forgets the momentum; gains stay. */
  rest(): void {
    this.steps.fill(0);
  }

  /** Moves points against exaggeration × attraction − repulsion / z. */
  step(positions: Float64Array, attraction: Float64Array, repulsion: Float64Array, z: number, size: StepSize): void {
    const { steps } = this;
    let meanX = 0;
    let meanY = 0;
    const count = positions.length / 2;
    for (let i = 0; i < positions.length; i += 2) {
      let stepX = this.#coordinate(i, size.exaggeration * (attraction[i] as number) - (repulsion[i] as number) / z, size);
      let stepY = this.#coordinate(i + 1, size.exaggeration * (attraction[i + 1] as number) - (repulsion[i + 1] as number) / z, size);
      const length = Math.sqrt(stepX * stepX + stepY * stepY);
      if (length > longestStep) {
        stepX *= longestStep / length;
        stepY *= longestStep / length;
      }
      steps[i] = stepX;
      steps[i + 1] = stepY;
      const x = (positions[i] as number) + stepX;
      const y = (positions[i + 1] as number) + stepY;
      positions[i] = x;
      positions[i + 1] = y;
      meanX += x / count;
      meanY += y / count;
    }
    if (!size.centred) return;
    for (let i = 0; i < positions.length; i += 2) {
      positions[i] = (positions[i] as number) - meanX;
      positions[i + 1] = (positions[i + 1] as number) - meanY;
    }
  }

  /** The next step along a coordinate. */
  #coordinate(k: number, gradient: number, { learningRate, momentum }: StepSize): number {
    const last = this.steps[k] as number;
    const gain = this.gains[k] as number;
    const goesOn = Math.sign(last) !== Math.sign(gradient);
    const next = goesOn ? gain + 0.2 : 0.8 * gain + smallestGain;
    this.gains[k] = next;
    return momentum * last - learningRate * next * gradient;
  }
}
