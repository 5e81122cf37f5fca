import { Random } from '../../../shared/random.ts';
import { Adam } from '../adam.ts';
import { Canvas } from '../canvas.ts';
import { normal } from '../normal.ts';
import { seed, steps } from '../params.ts';
import { powerOfTwo } from '../spectrum.ts';
import type { Climb, Visualiser } from '../visualiser.ts';
import { placed, Warp, within } from '../warp.ts';

/**
 * Lucid's recipe: the picture's Fourier coefficients, scaled so that all frequencies matter alike, in decorrelated colours, seen
 * from a slightly different place in each step. Lucid's chain of padding, jitter, scale, rotation and jitter is one affine view
 * here, with continuous amounts; its canvas is a little larger than the input, so that grey shows only where a view sticks out.
 * @see Olah, Mordvintsev, Schubert, Feature Visualization, Distill 2017; tensorflow/lucid, optvis/param/spatial.py and transform.py
 */
export const fourier: Visualiser = {
  info: {
    id: 'fourier',
    label: 'Fourier, robust',
    about:
      'A picture that excites the target from many slightly different views, made of frequencies instead of pixels: shapes rather than noise.',
    misleads:
      'It is one of many pictures that excite the target, stronger than any photograph does, and the regularisation adds its own look. Try other seeds, and hold it against patches of real images.',
    formula: 'max_θ E_t[z(t(σ(M · F⁻¹(θ / f^decay))))], t: move, scale, turn',
    source:
      'Olah, Mordvintsev, Schubert, Feature Visualization, Distill 2017; values of Lucid: Adam 0.05, N(0, 0.01), jitter 8 and 4, scale 0.9 to 1.1, ±10°.',
    params: [
      steps(256),
      { id: 'rate', label: 'Rate', about: 'Step size of Adam.', default: 0.05, min: 0.001, max: 1, step: 0.001 },
      {
        id: 'decay',
        label: 'Decay',
        about: 'Power of the frequency that coefficients are divided by: the higher, the smoother the picture.',
        default: 1,
        min: 0,
        max: 3,
        step: 0.05,
      },
      {
        id: 'robustness',
        label: 'Robustness',
        about: 'How far views are moved, scaled and turned, as a multiple of Lucid’s amounts. 0: one view only, which ends in noise.',
        default: 1,
        min: 0,
        max: 4,
        step: 0.1,
      },
      seed,
    ],
  },
  start(size, params): Climb {
    const random = Random.seeded(Number(params.seed));
    const canvas = new Canvas({ ...size, height: powerOfTwo(size.height), width: powerOfTwo(size.width) });
    const scale = frequencyScale(canvas, Number(params.decay));
    const parameters = normal(random, canvas.length, 0.01);
    const coefficients = new Float64Array(canvas.length);
    const optimiser = new Adam(canvas.length, Number(params.rate));
    const warp = new Warp(canvas.size, size);
    const view = new Float32Array(size.channels * size.height * size.width);
    const atCanvas = new Float32Array(canvas.picture.length);
    let painted = false;
    const paint = () => {
      if (painted) return;
      rescale(parameters, scale, coefficients);
      canvas.paint(coefficients);
      painted = true;
    };
    const robustness = Number(params.robustness);
    return {
      steps: Number(params.steps),
      batch: 1,
      ask() {
        paint();
        warp.place(placed(canvas.size, size, randomPlace(random, robustness, Math.min(size.height, size.width))));
        warp.show(canvas.picture, view);
        return view;
      },
      follow(gradients) {
        atCanvas.fill(0);
        warp.handBack(gradients, atCanvas);
        canvas.handBack(atCanvas, coefficients);
        rescale(coefficients, scale, coefficients);
        optimiser.climb(parameters, coefficients);
        painted = false;
      },
      render() {
        paint();
        const values = new Float32Array(view.length);
        new Warp(canvas.size, size).place(placed(canvas.size, size, asItIs)).show(canvas.picture, values);
        return { ...size, values };
      },
    };
  },
};

const asItIs = { right: 0, down: 0, enlarged: 1, turned: 0 };

/** What each coefficient [half spectrum] is multiplied by: √(hw) / max(f, 1/max(h, w))^decay / 4. */
function frequencyScale({ size: { height, width }, spectrum }: Canvas, decay: number): Float64Array {
  const lowest = 1 / Math.max(height, width);
  const energy = Math.sqrt(height * width) / 4;
  return spectrum.frequencies().map((f) => energy / Math.max(f, lowest) ** decay);
}

/** Each complex number of each colour times its scale. */
function rescale(numbers: Float64Array, scale: Float64Array, into: Float64Array): void {
  const length = 2 * scale.length;
  for (let from = 0; from < numbers.length; from += length) {
    for (let i = 0; i < length; i++) into[from + i] = numbers[from + i]! * scale[i >> 1]!;
  }
}

/** @param side of the input in pixels: small ones are moved less than Lucid's, which are of 128 and up */
function randomPlace(random: Random, robustness: number, side: number): typeof asItIs {
  // Lucid's jitter d crops by d in all: half of it to either side.
  const jitter = Math.min(1, side / 64) * robustness;
  const enlarged = 1 + within(random, 0.1) * Math.min(robustness, 5);
  const move = () => within(random, 4 * jitter) * enlarged + within(random, 2 * jitter);
  return { enlarged, right: move(), down: move(), turned: (within(random, 10) * robustness * Math.PI) / 180 };
}
