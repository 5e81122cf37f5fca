import { Random } from '../../../shared/random.ts';
import { Canvas } from '../canvas.ts';
import { Nadam } from '../nadam.ts';
import { normal } from '../normal.ts';
import { seed, steps } from '../params.ts';
import { Phases } from '../phases.ts';
import { powerOfTwo } from '../spectrum.ts';
import type { Climb, PictureSize, Visualiser } from '../visualiser.ts';
import { type Affine, Warp } from '../warp.ts';

/**
 * MACO: the magnitude of every frequency is that of natural images and stays, only the phases climb, seen through random crops
 * with noise. No spectrum of ImageNet is at hand: its magnitude falls as 1/f here, which is what natural images have on average
 * (Field, JOSA A 1987), alike in all decorrelated colours.
 *
 * Xplique draws on 512 pixels through 32 crops of 50 % down to 5 %: the last of them show 26 pixels to a network of 224, at which MobileNet and
 * Tiny VGG lost what they had reached. Here the canvas is the input's next power of two, and crops go from 90 % to 50 % of it,
 * within it: a quarter of the work, and one subject instead of many small ones. Canvas 2 with crops of 0.5 to 0.05 comes near the published way,
 * whose crops may stick out.
 * @see Fel et al., Unlocking Feature Visualization for Deeper Networks with MAgnitude Constrained Optimization, NeurIPS 2023;
 * deel-ai/xplique, features_visualizations/maco.py
 */
export const maco: Visualiser = {
  info: {
    id: 'maco',
    label: 'MACO',
    about:
      'A picture with the frequencies of a photograph, of which only the places (phases) climb, seen through random crops. What did not matter is transparent.',
    misleads:
      'Texture is everywhere because the frequencies have to go somewhere: look where it is opaque. The picture as a whole need not be classified as the target, its parts are.',
    formula: 'max_φ E_crop[z(crop(σ(M · F⁻¹(r e^{iφ}))) + noise)], r fixed',
    source:
      'Fel et al., Unlocking Feature Visualization with MAgnitude Constrained Optimization, NeurIPS 2023; values of Xplique: Nadam 1.0, crop centres N(0.5, 0.15), noise 0.08. Larger and fewer crops than its 32 of 50 to 5 %, and a 1/f spectrum.',
    params: [
      steps(128),
      { id: 'crops', label: 'Crops', about: 'Views of the picture in each step.', default: 4, min: 1, max: 64, step: 1 },
      {
        id: 'first',
        label: 'First crop',
        about: 'Average side of a view in the first step, as a share of the picture’s. It shrinks evenly.',
        default: 0.9,
        min: 0.05,
        max: 1,
        step: 0.05,
      },
      { id: 'last', label: 'Last crop', about: 'Average side of a view in the last step.', default: 0.5, min: 0.05, max: 1, step: 0.05 },
      {
        id: 'canvas',
        label: 'Canvas',
        about:
          'Sides of the picture that is made, in multiples of the input’s and up to the next power of two. It is shrunk to the input’s size in the end.',
        default: 1,
        min: 1,
        max: 4,
        step: 1,
      },
      { id: 'rate', label: 'Rate', about: 'Step size of Nadam.', default: 1, min: 0.01, max: 4, step: 0.01 },
      {
        id: 'noise',
        label: 'Noise',
        about: 'Standard deviation of the noise on each view, of 0 … 1.',
        default: 0.08,
        min: 0,
        max: 1,
        step: 0.01,
      },
      seed,
    ],
  },
  start(size, params): Climb {
    const random = Random.seeded(Number(params.seed));
    const [count, crops, noise] = [Number(params.steps), Number(params.crops), Number(params.noise)];
    const larger = Number(params.canvas);
    const share = shrinking(Number(params.first), Number(params.last), count);
    const canvas = new Canvas({ ...size, height: powerOfTwo(larger * size.height), width: powerOfTwo(larger * size.width) });
    const phases = new Phases(canvas.spectrum, size.channels, random);
    const coefficients = new Float64Array(canvas.length);
    const uphill = new Float64Array(phases.values.length);
    const optimiser = new Nadam(phases.values.length, Number(params.rate));
    const cells = size.channels * size.height * size.width;
    const views = new Float32Array(crops * cells);
    const warps = Array.from({ length: crops }, () => new Warp(canvas.size, size));
    const atCanvas = new Float32Array(canvas.picture.length);
    const mattered = new Float32Array(canvas.size.height * canvas.size.width);
    let step = 0;
    let painted = false;
    const paint = () => {
      if (painted) return;
      phases.turn(coefficients);
      canvas.paint(coefficients);
      painted = true;
    };
    return {
      steps: count,
      batch: crops,
      ask() {
        paint();
        for (const [i, warp] of warps.entries()) {
          const view = views.subarray(i * cells, (i + 1) * cells);
          warp.place(randomCrop(random, canvas.size, size, share(step))).show(canvas.picture, view);
          addNoise(random, view, noise);
        }
        return views;
      },
      follow(gradients) {
        atCanvas.fill(0);
        for (const [i, warp] of warps.entries()) warp.handBack(gradients.subarray(i * cells, (i + 1) * cells), atCanvas);
        for (let i = 0; i < atCanvas.length; i++) atCanvas[i] = atCanvas[i]! / crops;
        for (let i = 0; i < atCanvas.length; i++) mattered[i % mattered.length] = mattered[i % mattered.length]! + Math.abs(atCanvas[i]!);
        canvas.handBack(atCanvas, coefficients);
        phases.handBack(coefficients, uphill);
        optimiser.climb(phases.values, uphill);
        step += 1;
        painted = false;
      },
      render() {
        paint();
        return { ...canvas.size, values: canvas.picture };
      },
      opacity: () => opacity(mattered),
    };
  },
};

/** Average side of a crop in each step, as a share of the canvas'. */
function shrinking(first: number, last: number, steps: number): (step: number) => number {
  return (step) => (steps === 1 ? first : first + ((last - first) * step) / (steps - 1));
}

/** A part of the canvas, of its proportions and within it, enlarged to the view. */
function randomCrop(random: Random, canvas: PictureSize, view: PictureSize, share: number): Affine {
  const [[dx, dy], [size]] = [random.normals(), random.normals()];
  const side = Math.max(0.05, Math.min(1, share + 0.05 * size));
  const along = (deviation: number, from: number, to: number) => {
    const centre = Math.max(side / 2, Math.min(1 - side / 2, 0.5 + 0.15 * deviation));
    const scale = to > 1 ? (side * (from - 1)) / (to - 1) : 0;
    return { scale, start: centre * (from - 1) - (scale * (to - 1)) / 2 };
  };
  const x = along(dx, canvas.width, view.width);
  const y = along(dy, canvas.height, view.height);
  return { a: x.scale, b: 0, x0: x.start, c: 0, d: y.scale, y0: y.start };
}

function addNoise(random: Random, view: Float32Array, noise: number): void {
  const gauss = normal(random, view.length, noise);
  for (let i = 0; i < view.length; i++) view[i] = view[i]! + gauss[i]! + noise * (random.uniform() - 0.5);
}

/** Share of the most that pixels mattered, up to the 80th percentile, from which on all is opaque, as Xplique draws it. */
function opacity(mattered: Float32Array): Float32Array {
  const full = mattered.toSorted()[Math.floor(0.8 * (mattered.length - 1))]!;
  return mattered.map((m) => (full > 0 ? Math.min(1, m / full) : 1));
}
