import { ModelError } from '../../shared/errors.ts';
import type { Patch, Perturbation, PerturbationMethod, Subject } from '../method.ts';
import { runningSum } from '../runningSum.ts';

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
    family: 'perturbation',
    about: 'How much the score drops when a patch is covered. It only asks the network, so it needs no gradients.',
    misleads:
      'Coarse, and the covering value matters: a gray square may itself look like something. Evidence that is there twice drops nothing.',
    formula: 'mean over windows W ∋ ij of z_c(x) − z_c(x with W covered)',
    source: 'Zeiler, Fergus, ECCV 2014, section 4.2; mean over covering windows as in Captum.',
    at: 'input',
    slow: true,
    targets: 'any',
    exportable: false,
    variants: [
      { id: 'logit', label: 'logit drop', about: 'z(x) − z(covered).' },
      { id: 'probability', label: 'probability drop', about: 'p(x) − p(covered).' },
    ],
    params: [
      {
        id: 'window',
        label: 'Window',
        about: 'Side of the covering square, in pixels of the network input.',
        default: 0,
        min: 1,
        max: 4096,
        step: 1,
      },
      {
        id: 'stride',
        label: 'Stride',
        about: 'Step between squares, in pixels; at most the window. Half of it takes four times as long.',
        default: 0,
        min: 1,
        max: 4096,
        step: 1,
      },
      {
        id: 'baseline',
        label: 'Covering value',
        about: 'What the network is fed inside the square, in all channels, after preprocessing.',
        default: 0,
        min: -65535,
        max: 65535,
        step: 0.01,
      },
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
  score: (variant) => (variant === 'probability' ? 'probability' : 'logit'),
  fewer: 'Choose a larger stride.',
  prepare,
};

/** Start of each window along one axis. */
export function windowStarts(size: number, window: number, stride: number): number[] {
  const steps = Math.max(0, Math.ceil((size - window) / stride));
  return Array.from({ length: steps + 1 }, (_, i) => i * stride);
}

function prepare({ input, channels, height, width, params }: Subject): Perturbation {
  const [window, stride, baseline] = [Number(params.window), Number(params.stride), Number(params.baseline)];
  const patches = windowStarts(height, window, stride).flatMap((y) =>
    windowStarts(width, window, stride).map(
      (x): Patch => ({ y, x, height: Math.min(window, height - y), width: Math.min(window, width - x), value: baseline }),
    ),
  );
  const cells = height * width;
  const drops = runningSum(
    () => ({ sum: new Float64Array(cells), windows: new Uint32Array(cells) }),
    ({ sum, windows }, i, { whole, of }) => {
      const drop = whole - of(i);
      eachRow(patches[i] as Patch, width, (from, to) => {
        for (let cell = from; cell < to; cell++) {
          sum[cell] = (sum[cell] as number) + drop;
          windows[cell] = (windows[cell] as number) + 1;
        }
      });
    },
  );
  return {
    key: `${window},${stride},${baseline}`,
    count: patches.length,
    patches,
    height,
    width,
    fill(i, into) {
      into.set(input);
      eachRow(patches[i] as Patch, width, (from, to) => {
        for (let c = 0; c < channels; c++) into.fill(baseline, c * cells + from, c * cells + to);
      });
    },
    map(scores, done) {
      const { sum, windows } = drops(scores, done);
      // NaN where no window has covered a pixel yet.
      return Float32Array.from(sum, (s, cell) => s / (windows[cell] as number));
    },
  };
}

/** The rows of a patch as ranges of cells of one channel. */
function eachRow({ y, x, height, width }: Patch, across: number, visit: (from: number, to: number) => void): void {
  for (let row = y; row < y + height; row++) visit(row * across + x, row * across + x + width);
}
