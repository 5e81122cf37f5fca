import { Random } from '../../shared/random.ts';
import type { Sampling, SamplingMethod, Subject } from '../method.ts';

/** Sums over the samples taken so far. */
interface Sums {
  samples: number;
  /** Of g and g² [C,H,W]. */
  gradient: Float64Array;
  squared: Float64Array;
  /** Of max_k |g_k| [H,W]. */
  magnitude: Float64Array;
}

/** Value of a cell from the sums; `at(k)` is the cell's place in channel k. */
type Reading = (sums: Sums, cell: number, channels: number, at: (channel: number) => number) => number;

const readings: Record<string, Reading> = {
  magnitude: ({ magnitude, samples }, cell) => (magnitude[cell] as number) / samples,
  mean: ({ gradient, samples }, _, channels, at) => most(channels, (k) => Math.abs(gradient[at(k)] as number) / samples),
  squared: ({ squared, samples }, _, channels, at) => total(channels, (k) => (squared[at(k)] as number) / samples),
  variance: ({ gradient, squared, samples }, _, channels, at) =>
    total(channels, (k) => Math.max(0, (squared[at(k)] as number) / samples - ((gradient[at(k)] as number) / samples) ** 2)),
  signed: ({ gradient, samples }, _, channels, at) => total(channels, (k) => (gradient[at(k)] as number) / samples),
};

/**
 * SmoothGrad: the mean of saliency maps of noisy copies of the input, x + N(0, σ²), σ a share of the range of the input.
 * @see Smilkov et al., SmoothGrad: removing noise by adding noise, 2017, section 3; VarGrad: Adebayo et al., ICLR workshop 2018
 */
export const smoothGrad: SamplingMethod = {
  family: 'sampling',
  info: {
    id: 'smoothgrad',
    label: 'SmoothGrad',
    family: 'backpropagation',
    about: 'Saliency averaged over noisy copies of the image: which pixels the logit reacts to around the image, not just at it.',
    misleads:
      'It shows the network on pictures with noise, which it may see otherwise. Smoother is not truer: edges stay whatever the class, so compare another class.',
    formula: '1/n Σ_i max_k |∂z_c(x + ε_i)/∂x_k|, ε ~ N(0, σ²)',
    source:
      'Smilkov et al., 2017, section 3: the mean of the samples’ saliency maps. Mean of g first: as in Captum; squared: the default of Google PAIR’s code.',
    at: 'input',
    slow: true,
    targets: 'any',
    exportable: false,
    variants: [
      { id: 'magnitude', label: 'mean of max |g|', about: 'Mean of the samples’ saliency maps, as published.' },
      {
        id: 'mean',
        label: 'max |mean g|',
        about: 'Largest absolute mean gradient over the channels: what is not the same in all samples cancels.',
      },
      { id: 'squared', label: 'Σ mean g²', about: 'Mean of squared gradients, summed over the channels (SmoothGrad²).' },
      { id: 'variance', label: 'Σ var g', about: 'Variance of the gradient between samples, summed over the channels (VarGrad).' },
      { id: 'signed', label: 'Σ mean g', about: 'Signed mean gradient, summed over the channels.' },
    ],
    params: [
      { id: 'samples', label: 'Samples', about: 'How many noisy copies are averaged.', default: 25, min: 1, max: 1000, step: 1 },
      {
        id: 'noise',
        label: 'Noise',
        about: 'Standard deviation of the noise, as a share of the range of the fed input (max − min).',
        default: 0.15,
        min: 0,
        max: 1,
        step: 0.01,
      },
      { id: 'seed', label: 'Seed', about: 'Which noise: the same seed gives the same map.', default: 1, min: 0, max: 65_535, step: 1 },
    ],
  },
  kind: (variant) => ({
    relu: false,
    signed: variant === 'signed',
    unit: ['squared', 'variance'].includes(variant) ? '(logit per unit of input)²' : 'logit per unit of input',
  }),
  defaults: () => ({}),
  prepare,
};

function prepare({ input, channels, height, width, variant, params }: Subject): Sampling {
  const cells = height * width;
  const sums = {
    samples: 0,
    gradient: new Float64Array(input.length),
    squared: new Float64Array(input.length),
    magnitude: new Float64Array(cells),
  };
  const read = readings[variant] as Reading;
  const deviation = Number(params.noise) * rangeOf(input);
  return {
    count: Number(params.samples),
    fill: (i, into) => addNoise(input, Random.seeded(Number(params.seed), i), deviation, into),
    add(_, gradient) {
      sums.samples += 1;
      for (let at = 0; at < gradient.length; at++) {
        const g = gradient[at] as number;
        sums.gradient[at] = (sums.gradient[at] as number) + g;
        sums.squared[at] = (sums.squared[at] as number) + g * g;
      }
      for (let cell = 0; cell < cells; cell++) {
        sums.magnitude[cell] = (sums.magnitude[cell] as number) + most(channels, (k) => Math.abs(gradient[k * cells + cell] as number));
      }
    },
    map: () => Float32Array.from({ length: cells }, (_, cell) => read(sums, cell, channels, (k) => k * cells + cell)),
  };
}

function rangeOf(values: Float32Array): number {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return max - min;
}

function addNoise(input: Float32Array, random: Random, deviation: number, into: Float32Array): void {
  for (let at = 0; at < input.length; at += 2) {
    const [a, b] = random.normals();
    into[at] = (input[at] as number) + deviation * a;
    if (at + 1 < input.length) into[at + 1] = (input[at + 1] as number) + deviation * b;
  }
}

function most(channels: number, value: (channel: number) => number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < channels; k++) max = Math.max(max, value(k));
  return max;
}

function total(channels: number, value: (channel: number) => number): number {
  let sum = 0;
  for (let k = 0; k < channels; k++) sum += value(k);
  return sum;
}
