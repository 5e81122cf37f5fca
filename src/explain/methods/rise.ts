import { resizePlace } from '../../ops/axisMatrix.ts';
import type { Check } from '../../shared/protocol.ts';
import { Random } from '../../shared/random.ts';
import { type Axis, axis, interpolate } from '../bilinear.ts';
import { writeMasked } from '../masked.ts';
import { expectedMean, type MaskMean, weightedMean } from '../maskMean.ts';
import type { Perturbation, PerturbationMethod, Subject } from '../method.ts';
import { runningSum } from '../runningSum.ts';

/**
 * RISE: the probability of the class for the input under random soft masks; a pixel's value is the mean probability over the
 * masks, each weighted by how much of the pixel it shows, over E[M]. One run serves every class.
 * @see Petsiuk, Das, Saenko, RISE: Randomized Input Sampling for Explanation of Black-box Models, BMVC 2018, eq. 6 and section 3.2
 */
export const rise: PerturbationMethod = {
  family: 'perturbation',
  info: {
    id: 'rise',
    label: 'RISE',
    family: 'perturbation',
    about: 'How probable the class is on average while a pixel is seen, over many random half-covered pictures. It only asks the network.',
    misleads:
      'It is an estimate: look at its standard error, and take more masks while that is a large part of the range. Differences from pixel to pixel count, not the values; masked pictures are unlike real ones.',
    formula: 'S_c(λ) = 1/(N·p) Σ_i p_c(x ∘ M_i) M_i(λ)',
    source:
      'Petsiuk, Das, Saenko, BMVC 2018, eq. 6; masks of section 3.2 as in the authors’ code (N = 2000 to 6000, s = 8, p = 0.1 or 0.5 there).',
    at: 'input',
    slow: true,
    targets: 'any',
    exportable: false,
    variants: [
      { id: 'probability', label: 'probability', about: 'Mean probability over N·p, the expected weight of a pixel, as published.' },
      {
        id: 'weighted',
        label: 'probability, by what was seen',
        about: 'Over Σ M, how much of the pixel the masks really showed (as in Xplique): less noise.',
      },
      { id: 'logit', label: 'logit, by what was seen', about: 'Mean logit, or output of a model that has no probabilities, over Σ M.' },
    ],
    params: [
      {
        id: 'masks',
        label: 'Masks',
        about: 'How many masked pictures the network is asked about; four times as many halve the error.',
        default: 1000,
        min: 2,
        max: 20_000,
        step: 1,
      },
      {
        id: 'cells',
        label: 'Cells',
        about: 'Cells of a mask along each side, before it is enlarged and shifted: more cells, finer and noisier maps.',
        default: 0,
        min: 2,
        max: 32,
        step: 1,
      },
      {
        id: 'probability',
        label: 'Seen share',
        about: 'Probability that a cell is seen.',
        default: 0.5,
        min: 0.05,
        max: 0.95,
        step: 0.05,
      },
      {
        id: 'seed',
        label: 'Seed',
        about: 'Which random masks: the same seed gives the same map.',
        default: 1,
        min: 0,
        max: 65_535,
        step: 1,
      },
    ],
  },
  kind: (variant) => ({
    relu: false,
    signed: variant === 'logit',
    unit: `mean ${variant === 'logit' ? 'logit' : 'probability'} while seen`,
  }),
  // Cells of at least two pixels.
  defaults: (height, width) => ({ cells: Math.max(2, Math.min(8, Math.floor(Math.min(height, width) / 2))) }),
  score: (variant) => (variant === 'logit' ? 'logit' : 'probability'),
  fewer: 'Use fewer masks.',
  prepare,
};

function prepare({ input, height, width, variant, params }: Subject): Perturbation {
  const [count, probability] = [Number(params.masks), Number(params.probability)];
  const [cells, seed] = [Number(params.cells), Number(params.seed)];
  const size = height * width;
  const masks = randomMasks({ height, width, cells, probability, seed });
  const mask = new Float64Array(size);
  const means = runningSum(
    () => (variant === 'probability' ? expectedMean(size, probability) : weightedMean(size)),
    (mean, i, { of }) => {
      masks(i, mask);
      mean.add(of(i), mask);
    },
  );
  return {
    key: `${cells},${probability},${seed}`,
    count,
    height,
    width,
    fill(i, into) {
      masks(i, mask);
      writeMasked(input, mask, into);
    },
    map: (scores, done) => new Float32Array(means(scores, done).mean()),
    checks: (scores, done) => (done < 2 ? [] : [standardError(means(scores, done), done, count)]),
  };
}

interface Masks {
  height: number;
  width: number;
  cells: number;
  probability: number;
  seed: number;
}

/**
 * Writes mask number i [height,width]: cells × cells zeros and ones, enlarged bilinearly to (cells + 1) · cell pixels, where a
 * cell is ⌈side / cells⌉ pixels, and cut out at a random shift of less than a cell. Mirrored at its border, as the authors'
 * `skimage.transform.resize(mode='reflect')` does, so that each pixel is seen with the same expected weight.
 */
export function randomMasks({ height, width, cells, probability, seed }: Masks): (i: number, into: Float64Array) => void {
  const rows = shiftedAxes(height, cells);
  const columns = shiftedAxes(width, cells);
  const grid = new Float64Array(cells * cells);
  const wide = new Float64Array(cells * width);
  return (i, into) => {
    const random = Random.seeded(seed, i);
    for (let cell = 0; cell < grid.length; cell++) grid[cell] = random.uniform() < probability ? 1 : 0;
    const down = rows[random.below(rows.length)] as Axis;
    const right = columns[random.below(columns.length)] as Axis;
    interpolate(grid, { width: cells, rows: down, columns: right, wide }, into);
  };
}

/** For each shift of less than a cell, where the pixels of one side lie among the cells. */
function shiftedAxes(size: number, cells: number): Axis[] {
  const cell = Math.ceil(size / cells);
  const place = (pixel: number) => mirrored(resizePlace(pixel, cells, (cells + 1) * cell, 'half_pixel'), cells - 1);
  return Array.from({ length: cell }, (_, shift) =>
    axis(
      Float64Array.from({ length: size }, (_, x) => place(x + shift)),
      cells,
    ),
  );
}

function mirrored(at: number, last: number): number {
  return last - Math.abs(last - Math.abs(at));
}

/** Relative to the range of the map, which is what its colours show. */
function standardError(means: MaskMean, done: number, count: number): Check {
  const errors = summary(means.error());
  const values = summary(means.mean());
  const range = values.max - values.min;
  const share = (error: number) => (range > 0 ? `${(100 * (error / range)).toPrecision(2)} %` : '0 %');
  const ok = errors.mean <= 0.15 * range;
  const text = `After ${done} of ${count} masks the standard error is ${share(errors.mean)} of the map's range on average, ${share(errors.max)} at most.`;
  return { id: 'standard-error', label: 'Standard error', text: `${text}${ok || done < count ? '' : ' Take more masks.'}`, ok };
}

/** Of the cells that are known: a partial map is summed up many times, so in one pass. */
function summary(cells: Float64Array): { min: number; max: number; mean: number } {
  let [min, max, sum, known] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let cell = 0; cell < cells.length; cell++) {
    const v = cells[cell] as number;
    if (!Number.isFinite(v)) continue;
    if (v < min) min = v;
    if (v > max) max = v;
    sum += v;
    known += 1;
  }
  return known === 0 ? { min: 0, max: 0, mean: 0 } : { min, max, mean: sum / known };
}
