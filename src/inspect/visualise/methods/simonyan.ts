import { Random } from '../../../shared/random.ts';
import { normal } from '../normal.ts';
import { seed, steps } from '../params.ts';
import type { Climb, Visualiser } from '../visualiser.ts';

/**
 * The picture's own pixels climb, held back by their distance to grey and by nothing else.
 * @see Simonyan, Vedaldi, Zisserman, Deep Inside Convolutional Networks, ICLR workshop 2014, equation 1. Neither λ nor the step is
 * in the paper. Here a step moves the root mean square pixel by `rate`, whatever the size of the logits, and λ counts in units of
 * the root mean square of the first gradient: at its default a pixel of usual gradient comes
 * to rest at a fifth of 0 … 1 from grey, as long as the gradient stays what it was.
 */
export const simonyan: Visualiser = {
  info: {
    id: 'simonyan',
    label: 'Simonyan, L2',
    about:
      'The picture with the highest logit less a penalty on its distance to grey, pixel by pixel: the original class model visualisation.',
    misleads:
      'Mostly high frequencies that no photograph has: networks answer to them, people do not. It shows what is possible, not what is usual.',
    formula: 'max_I z(I) − λ‖I‖²',
    source: 'Simonyan, Vedaldi, Zisserman, Deep Inside Convolutional Networks, 2013, equation 1; λ and step are not in the paper.',
    params: [
      { id: 'start', label: 'Start', about: 'A grey picture, or noise.', default: 'blank', options: ['blank', 'random'] },
      steps(128),
      {
        id: 'rate',
        label: 'Rate',
        about: 'How far the root mean square pixel moves in a step, of 0 … 1.',
        default: 0.01,
        min: 0.0001,
        max: 0.5,
        step: 0.0001,
      },
      { id: 'lambda', label: 'λ', about: 'Strength of the penalty: the higher, the greyer.', default: 5, min: 0, max: 1000, step: 0.1 },
      seed,
    ],
  },
  start(size, params): Climb {
    const random = Random.seeded(Number(params.seed));
    const length = size.channels * size.height * size.width;
    const [rate, lambda] = [Number(params.rate), Number(params.lambda)];
    /** Distance to grey. */
    const image = params.start === 'random' ? normal(random, length, 0.1) : new Float64Array(length);
    const picture = new Float32Array(length);
    let unit: number | undefined;
    const draw = () => {
      for (let i = 0; i < length; i++) picture[i] = grey + image[i]!;
    };
    return {
      steps: Number(params.steps),
      batch: 1,
      ask() {
        draw();
        return picture;
      },
      follow(gradients) {
        unit ??= rootMeanSquare(gradients) || undefined;
        const total = Float64Array.from(gradients, (g, i) => g - lambda * (unit ?? 0) * image[i]!);
        const size = rootMeanSquare(total);
        if (size === 0) return;
        // A picture ends at black and white.
        for (let i = 0; i < length; i++) image[i] = Math.max(-grey, Math.min(grey, image[i]! + (rate * total[i]!) / size));
      },
      render() {
        draw();
        return { ...size, values: picture };
      },
    };
  },
};

const grey = 0.5;

function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum / values.length);
}
