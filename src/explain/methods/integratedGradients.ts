import type { Check } from '../../shared/protocol.ts';
import type { Sampling, SamplingMethod, Subject } from '../method.ts';

/** A place on the straight line from the baseline (0) to the input (1), and its gradient's weight in the mean. */
interface Step {
  at: number;
  weight: number;
}

/** Quadrature rules on [0,1]. */
const rules: Record<string, (steps: number) => Step[]> = {
  midpoint: (n) => Array.from({ length: n }, (_, i) => ({ at: (i + 0.5) / n, weight: 1 / n })),
  // As Captum has it: the weights add up to (n − 1)/n, so that 1/n of the sum is missing.
  trapezoid: (n) => Array.from({ length: n }, (_, i) => ({ at: i / (n - 1), weight: (i === 0 || i === n - 1 ? 0.5 : 1) / n })),
  'gauss-legendre': gaussLegendre,
};

/**
 * Integrated Gradients: the gradient averaged over the straight line from a baseline to the input, times their difference.
 * The attributions of all input values add up to the rise of the logit from baseline to input (completeness).
 * @see Sundararajan, Taly, Yan, Axiomatic Attribution for Deep Networks, ICML 2017, eq. 1 and 3
 */
export const integratedGradients: SamplingMethod = {
  family: 'sampling',
  info: {
    id: 'integrated-gradients',
    label: 'Integrated Gradients',
    family: 'backpropagation',
    about: 'What each pixel adds to the logit on the way from a baseline picture to the image; the sum is the rise of the logit.',
    misleads:
      'It explains the difference to the baseline: with a black one, black pixels get nothing. Pictures between baseline and image are unlike real ones.',
    formula: 'Σ_k (x_k − x′_k) ∫₀¹ ∂z_c(x′ + α(x − x′))/∂x_k dα',
    source: 'Sundararajan, Taly, Yan, ICML 2017, eq. 1; sum over channels. Gradient of the logit. Rules as in Captum.',
    at: 'input',
    slow: true,
    targets: 'any',
    exportable: false,
    variants: [
      { id: 'midpoint', label: 'midpoint', about: 'The gradient in the middle of each step.' },
      {
        id: 'trapezoid',
        label: 'trapezoid (Captum)',
        about: 'The gradient at both ends of each step; as in Captum, the weights add up to (n − 1)/n.',
      },
      { id: 'gauss-legendre', label: 'Gauss-Legendre', about: 'Nodes and weights that are exact for smooth curves; Captum’s default.' },
    ],
    params: [
      {
        id: 'steps',
        label: 'Steps',
        about: 'Gradients taken between baseline and image; more where completeness is poor.',
        default: 50,
        min: 2,
        max: 10_000,
        step: 1,
      },
      {
        id: 'baseline',
        label: 'Baseline',
        about: 'Where the path starts: black pixels, 0 as fed (the mean colour where preprocessing subtracts one), or the value below.',
        default: 'black',
        options: ['black', 'zero', 'value'],
      },
      {
        id: 'value',
        label: 'Baseline value',
        about: 'What every input value of the baseline is, as fed, where the baseline is “value”.',
        default: 0,
        min: -65_535,
        max: 65_535,
        step: 0.01,
      },
    ],
  },
  kind: () => ({ relu: false, signed: true, unit: 'part of the logit' }),
  defaults: () => ({}),
  prepare: integrate,
};

/** Integrated Gradients of one image; `attribution` [C,H,W] from the gradients so far. */
export function integrate(subject: Subject): Sampling & { attribution(): Float64Array } {
  const { input, height, width, variant, params } = subject;
  const baseline = baselineOf(subject);
  const steps = stepsOf(variant, Number(params.steps));
  const gradients = new Float64Array(input.length);
  const ends = { baseline: Number.NaN, input: Number.NaN };
  const due = steps.reduce((sum, { weight }) => sum + weight, 0);
  let [weights, taken] = [0, 0];
  const attribution = () => {
    // Until all are there, the mean of those that are stands for the rest.
    const scale = taken < steps.length && weights > 0 ? due / weights : 1;
    return gradients.map((g, at) => g * scale * difference(input, baseline, at));
  };
  return {
    count: steps.length,
    fill(i, into) {
      const { at: share } = steps[i] as Step;
      for (let at = 0; at < into.length; at++) into[at] = (baseline[at] as number) + share * difference(input, baseline, at);
    },
    add(i, gradient, score) {
      const { at: share, weight } = steps[i] as Step;
      if (share === 0) ends.baseline = score;
      if (share === 1) ends.input = score;
      weights += weight;
      taken += 1;
      for (let at = 0; at < gradient.length; at++) gradients[at] = (gradients[at] as number) + weight * (gradient[at] as number);
    },
    attribution,
    map: () => overChannels(attribution(), height * width),
    checks: () => (taken < steps.length ? [] : [completeness(attribution(), ends)]),
  };
}

function difference(input: Float32Array, baseline: Float32Array, at: number): number {
  return (input[at] as number) - (baseline[at] as number);
}

function baselineOf({ input, black, channels, params }: Subject): Float32Array {
  const cells = input.length / channels;
  if (params.baseline === 'black') return input.map((_, at) => black[Math.floor(at / cells)] as number);
  return new Float32Array(input.length).fill(params.baseline === 'value' ? Number(params.value) : 0);
}

/** All gradients to be taken, spread over the path from the first on; and both its ends, whose scores completeness needs. */
function stepsOf(variant: string, count: number): Step[] {
  const steps = (rules[variant] as (steps: number) => Step[])(count);
  const missing = [0, 1].filter((end) => !steps.some(({ at }) => at === end)).map((at) => ({ at, weight: 0 }));
  // Multiples of the golden ratio, modulo 1, fill the path evenly however many there are.
  const turn = (i: number) => (i * 0.618_033_988_75) % 1;
  return [
    ...missing,
    ...steps
      .map((step, i) => ({ step, turn: turn(i) }))
      .sort((a, b) => a.turn - b.turn)
      .map(({ step }) => step),
  ];
}

function overChannels(values: Float64Array, cells: number): Float32Array {
  const map = new Float32Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    let sum = 0;
    for (let at = cell; at < values.length; at += cells) sum += values[at] as number;
    map[cell] = sum;
  }
  return map;
}

/** Proposition 1: the attributions add up to the difference of the scores at input and baseline. */
function completeness(attribution: Float64Array, ends: { baseline: number; input: number }): Check {
  const sum = attribution.reduce((total, a) => total + a, 0);
  const rise = ends.input - ends.baseline;
  const missing = Math.abs(sum - rise) / Math.max(Math.abs(rise), Number.MIN_VALUE);
  const ok = missing <= 0.01;
  const advice = ok ? '' : ' Take more steps, or the midpoint rule.';
  return {
    id: 'completeness',
    label: 'Completeness',
    text: `The attributions add up to ${format(sum)}; from the baseline to the image the logit changes by ${format(rise)} (${format(100 * missing, 2)} % off).${advice}`,
    ok,
  };
}

function format(value: number, digits = 4): string {
  return Number(value.toPrecision(digits)).toString();
}

/**
 * Nodes and weights of the n-point Gauss-Legendre rule on [0,1]: Newton's method on the Legendre polynomial P_n.
 * @see Press et al., Numerical Recipes, section 4.6
 */
function gaussLegendre(n: number): Step[] {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (n - i - 0.25)) / (n + 0.5));
    let slope = 0;
    // Quadratic convergence from a start that is good to 1e-3: far more rounds than it takes.
    for (let round = 0; round < 10; round++) {
      const { value, derivative } = legendre(n, x);
      slope = derivative;
      x -= value / derivative;
    }
    return { at: (1 + x) / 2, weight: 1 / ((1 - x * x) * slope * slope) };
  });
}

/** P_n(x) and its derivative, by the three-term recurrence. */
function legendre(n: number, x: number): { value: number; derivative: number } {
  let [before, value] = [1, x];
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, derivative: (n * (x * value - before)) / (x * x - 1) };
}
