import { resizePlace } from '../../ops/axisMatrix.ts';
import { axis, interpolate } from '../bilinear.ts';
import { writeMasked } from '../masked.ts';
import type { Perturbation, PerturbationMethod, Scores, Subject } from '../method.ts';
import { runningSum } from '../runningSum.ts';

/** How a channel becomes a mask, and its score a weight. */
interface Variant {
  coordinates: 'half_pixel' | 'align_corners';
  /** Added to a mask's range before dividing by it. */
  epsilon: number;
  /** Whether constant channels are asked about (as a mask of 0) or have no weight. */
  asksFlat: boolean;
  softmax: boolean;
}

const variants: Record<string, Variant> = {
  authors: { coordinates: 'half_pixel', epsilon: 0, asksFlat: false, softmax: false },
  softmax: { coordinates: 'align_corners', epsilon: 1e-8, asksFlat: true, softmax: true },
};

/**
 * Score-CAM: each channel of a layer, enlarged to the input and stretched to 0..1, masks the input; the score of what is left
 * is the channel's weight. map = Σ_k w_k A_k at the layer, before the ReLU that drawing applies. Masks know no class.
 * @see Wang et al., Score-CAM, CVPR workshop 2020, eq. 5-7 and algorithm 1; variants where implementations disagree
 */
export const scoreCam: PerturbationMethod = {
  family: 'perturbation',
  info: {
    id: 'score-cam',
    label: 'Score-CAM',
    family: 'cam',
    about:
      'Where the channels are active that, alone, let the network still see the class. No gradients: the network is asked once a channel.',
    misleads:
      'A masked picture is unlike anything the network was trained on. Weights of the authors’ form hardly differ where no channel alone is enough; those of the softmax form leave a handful of channels.',
    formula: 'max(0, Σ_k w_k A_k), w_k = p_c(x ∘ minmax(up(A_k)))',
    source:
      'Wang et al., CVPR workshop 2020. Authors: their code (github.com/haofanwang/Score-CAM). Softmax: eq. 7 as pytorch-grad-cam computes it.',
    at: 'layer',
    slow: true,
    targets: 'any',
    exportable: false,
    variants: [
      {
        id: 'authors',
        label: 'authors’ code',
        about: 'w = probability of the class; masks enlarged with half-pixel centres; constant channels skipped.',
      },
      {
        id: 'softmax',
        label: 'softmax over channels',
        about: 'w = softmax over the channels of the logits, the paper’s equation; masks enlarged with aligned corners.',
      },
    ],
    params: [
      {
        id: 'channels',
        label: 'Channels',
        about: 'How many channels are asked about, those that vary most over the picture first (Faster Score-CAM); 0: all.',
        default: 0,
        min: 0,
        max: 4096,
        step: 1,
      },
    ],
  },
  kind: () => ({ relu: true, signed: true, unit: 'Σ w·A' }),
  defaults: () => ({}),
  score: (variant) => (variants[variant]?.softmax ? 'logit' : 'probability'),
  readsLayer: true,
  fewer: 'Ask about fewer channels.',
  prepare: maskChannels,
};

/** Score-CAM of one image at one layer; `weights` [channels]: 0 where a channel is not asked about or not yet. */
export function maskChannels(subject: Subject): Perturbation & { weights(scores: Scores, done: number): Float64Array } {
  const { activation, variant, params } = subject;
  if (!activation) throw new Error('Score-CAM reads a layer');
  const how = variants[variant] as Variant;
  const { values, channels, height, width } = activation;
  const size = height * width;
  const plane = (channel: number) => values.subarray(channel * size, (channel + 1) * size);
  const groups = askedChannels(
    Array.from({ length: channels }, (_, k) => plane(k)),
    Number(params.channels),
    how,
  );
  const known = runningSum(
    () => new Float64Array(groups.length),
    (all, i, { of }) => {
      all[i] = of(i);
    },
  );
  const weights = (scores: Scores, done: number) => spread(groups, known(scores, done).subarray(0, done), channels, how);
  return {
    key: variant,
    count: groups.length,
    height,
    width,
    fill: masker(subject, { groups, plane, height, width }, how),
    weights,
    map(scores, done) {
      const sum = new Float64Array(size);
      weights(scores, done).forEach((w, k) => {
        if (w !== 0) addScaled(sum, plane(k), w);
      });
      return Float32Array.from(sum);
    },
  };
}

/**
 * Channels by the input that asks about them: those that vary most first, so that a partial map says much early. All
 * constant channels make the same input, of zeros, and come last.
 */
function askedChannels(planes: readonly Float32Array[], most: number, { asksFlat }: Variant): number[][] {
  const spreads = planes.map(variance);
  const order = [...spreads.keys()].sort((a, b) => (spreads[b] as number) - (spreads[a] as number) || a - b);
  const chosen = most > 0 ? order.slice(0, most) : order;
  const flat = chosen.filter((k) => isFlat(planes[k] as Float32Array));
  const varied = chosen.filter((k) => !flat.includes(k)).map((k) => [k]);
  return asksFlat && flat.length > 0 ? [...varied, flat] : varied;
}

function isFlat(plane: Float32Array): boolean {
  return plane.every((v) => v === plane[0]);
}

function variance(plane: Float32Array): number {
  const mean = plane.reduce((sum, v) => sum + v, 0) / plane.length;
  return plane.reduce((sum, v) => sum + (v - mean) ** 2, 0) / plane.length;
}

/** Weight of each channel from the scores of the inputs asked so far. */
function spread(groups: readonly number[][], scores: Float64Array, channels: number, { softmax }: Variant): Float64Array {
  const weights = new Float64Array(channels);
  const largest = scores.reduce((max, s) => Math.max(max, s), Number.NEGATIVE_INFINITY);
  let total = 0;
  scores.forEach((score, i) => {
    for (const k of groups[i] as number[]) {
      weights[k] = softmax ? Math.exp(score - largest) : score;
      total += weights[k] as number;
    }
  });
  return softmax ? weights.map((w) => w / total) : weights;
}

function addScaled(sum: Float64Array, values: Float32Array, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + factor * (values[i] as number);
}

interface Layer {
  groups: readonly number[][];
  plane(channel: number): Float32Array;
  height: number;
  width: number;
}

/** Writes the input times the mask of a channel: enlarged first, then stretched to 0..1. */
function masker(subject: Subject, { groups, plane, height, width }: Layer, { coordinates, epsilon }: Variant): Perturbation['fill'] {
  const { input } = subject;
  const places = (size: number, from: number) =>
    Float64Array.from({ length: size }, (_, o) => Math.min(Math.max(resizePlace(o, from, size, coordinates), 0), from - 1));
  const rows = axis(places(subject.height, height), height);
  const columns = axis(places(subject.width, width), width);
  const mask = new Float64Array(subject.height * subject.width);
  const wide = new Float64Array(height * subject.width);
  return (i, into) => {
    interpolate(plane((groups[i] as number[])[0] as number), { width, rows, columns, wide }, mask);
    writeMasked(input, mask, into, stretch(mask, epsilon));
  };
}

/** What takes a mask to 0..1, (mask − min)·scale; a constant one to 0. */
function stretch(mask: Float64Array, epsilon: number): { min: number; scale: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let cell = 0; cell < mask.length; cell++) {
    const v = mask[cell] as number;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return { min, scale: max > min ? 1 / (max - min + epsilon) : 0 };
}
