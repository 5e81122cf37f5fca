import { ModelError } from '../../shared/errors.ts';
import type { Perturbation, PerturbationMethod, Subject } from '../method.ts';

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
    about: 'How much the score drops when a patch is covered. It only asks the network: no gradients.',
    misleads: 'Coarse, and the covering value matters: a gray square may itself look like something. Evidence that is there twice drops nothing.',
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
  score: (variant) => (variant === 'probability' ? 'probability' : 'logit'),
  prepare,
};

/** Start of each window along one axis. */
export function windowStarts(size: number, window: number, stride: number): number[] {
  const steps = Math.max(0, Math.ceil((size - window) / stride));
  return Array.from({ length: steps + 1 }, (_, i) => i * stride);
}

function prepare({ input, channels, height, width, params }: Subject): Perturbation {
  const [window, stride, baseline] = [Number(params.window), Number(params.stride), Number(params.baseline)];
  const places = windowStarts(height, window, stride).flatMap((y) => windowStarts(width, window, stride).map((x) => ({ y, x })));
  const eachCell = (i: number, visit: (cell: number) => void) => {
    const { y: top, x: left } = places[i] as { y: number; x: number };
    for (let y = top; y < Math.min(height, top + window); y++) {
      for (let x = left; x < Math.min(width, left + window); x++) visit(y * width + x);
    }
  };
  return {
    count: places.length,
    height,
    width,
    fill(i, into) {
      into.set(input);
      eachCell(i, (cell) => {
        for (let c = 0; c < channels; c++) into[c * height * width + cell] = baseline;
      });
    },
    map({ whole, of }, done) {
      const sum = new Float64Array(height * width);
      const count = new Uint32Array(height * width);
      for (let i = 0; i < done; i++) {
        const drop = whole - of(i);
        eachCell(i, (cell) => {
          sum[cell] = (sum[cell] as number) + drop;
          count[cell] = (count[cell] as number) + 1;
        });
      }
      // NaN where no window has covered a pixel yet.
      return Float32Array.from(sum, (s, cell) => s / (count[cell] as number));
    },
  };
}
