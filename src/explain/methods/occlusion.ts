import { ModelError } from '../../shared/errors.ts';
import type { PerturbationContext, PerturbationMethod } from '../method.ts';

/**
 * Occlusion: slide a window of a constant over the input; a pixel's value is the mean, over the windows that cover it, of
 * how much the score drops. Windows start at 0, stride, 2·stride …; the last one of a row or column may stick out and is clipped.
 * @see Zeiler, Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, section 4.2; averaging as in Captum
 */
export const occlusion: PerturbationMethod = {
  family: 'perturbation',
  info: {
    id: 'occlusion',
    label: 'Occlusion',
    about:
      'How much the score drops when a patch is covered. Slow and coarse, but it only asks the network: no gradients. The covering colour matters.',
    source: 'Zeiler, Fergus, ECCV 2014, section 4.2; mean over covering windows as in Captum.',
    at: 'input',
    slow: true,
    variants: [
      { id: 'logit', label: 'logit drop', about: 'z(x) − z(covered).' },
      { id: 'probability', label: 'probability drop', about: 'p(x) − p(covered).' },
    ],
    params: [
      { id: 'window', label: 'Window', about: 'Side of the covering square, in pixels of the network input.', default: 0, min: 1, step: 1 },
      { id: 'stride', label: 'Stride', about: 'Step between squares, in pixels; at most the window.', default: 0, min: 1, step: 1 },
      { id: 'baseline', label: 'Covering value', about: 'Fed value inside the square, after preprocessing.', default: 0 },
    ],
  },
  kind: (variant) => ({ relu: false, signed: true, unit: `${variant} drop` }),
  defaults: (height, width) => {
    const window = Math.max(1, Math.round(Math.min(height, width) / 7));
    return { window, stride: Math.max(1, Math.round(window / 2)), baseline: 0 };
  },
  check: ({ window, stride }) => {
    if (Number(stride) <= Number(window)) return;
    throw new ModelError('method', `Occlusion: a stride of ${stride} leaves pixels uncovered between windows of ${window}.`, {
      hint: 'Choose a stride of at most the window.',
    });
  },
  run,
};

/** Start of each window along one axis. */
export function windowStarts(size: number, window: number, stride: number): number[] {
  const steps = Math.max(0, Math.ceil((size - window) / stride));
  return Array.from({ length: steps + 1 }, (_, i) => i * stride);
}

async function run(context: PerturbationContext): Promise<Float32Array> {
  const { input, height, width, batchSize, variant, params, classes } = context;
  const [window, stride] = [Number(params.window), Number(params.stride)];
  const places = windowStarts(height, window, stride).flatMap((y) => windowStarts(width, window, stride).map((x) => ({ y, x })));
  const score = (logits: Float32Array, row: number) =>
    variant === 'probability' ? context.probability(logits, row) : (logits[row * classes + context.class] as number);
  const whole = score(await context.forward(input, 1), 0);
  const sum = new Float64Array(height * width);
  const count = new Uint32Array(height * width);
  for (let from = 0; from < places.length; from += batchSize) {
    const covered = places.slice(from, from + batchSize);
    const batch = new Float32Array(covered.length * input.length);
    covered.forEach((place, i) => {
      batch.set(input, i * input.length);
      cover(batch.subarray(i * input.length, (i + 1) * input.length), place, window, Number(params.baseline), context);
    });
    const logits = await context.forward(batch, covered.length);
    covered.forEach((place, i) => {
      const drop = whole - score(logits, i);
      forEachCell(place, window, height, width, (cell) => {
        sum[cell] = (sum[cell] as number) + drop;
        count[cell] = (count[cell] as number) + 1;
      });
    });
    context.report(Math.min(1, (from + covered.length) / places.length), () => mean(sum, count));
  }
  return mean(sum, count);
}

type Place = { y: number; x: number };

function cover(image: Float32Array, place: Place, window: number, value: number, { channels, height, width }: PerturbationContext): void {
  forEachCell(place, window, height, width, (cell) => {
    for (let c = 0; c < channels; c++) image[c * height * width + cell] = value;
  });
}

function forEachCell(place: Place, window: number, height: number, width: number, visit: (cell: number) => void): void {
  for (let y = place.y; y < Math.min(height, place.y + window); y++) {
    for (let x = place.x; x < Math.min(width, place.x + window); x++) visit(y * width + x);
  }
}

/** NaN where no window has covered a pixel yet. */
function mean(sum: Float64Array, count: Uint32Array): Float32Array {
  return Float32Array.from(sum, (s, i) => s / (count[i] as number));
}
