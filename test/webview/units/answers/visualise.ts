import type { Objective, RgbPixels, Visualisation, VisualiseRequest } from '../../../../src/shared/unitsProtocol.ts';
import { noise } from '../made.ts';
import type { UnitsScene } from '../scene.ts';
import type { Answers } from './answer.ts';

/** A climb of this many steps tells of each, with a picture at every second one. */
export const usualSteps = 20;

/** The network takes the picture of this class for the one before it. */
export const mistaken = 9;

export const visualiseAnswers: Answers = {
  visualise: async ({ request }, { scene, step: wait, progress }): Promise<Visualisation> => {
    const steps = Number(request.params?.steps ?? usualSteps);
    for (let step = 0; step < steps; step++) {
      await wait(step / steps);
      const preview = step % 2 === 0 ? { preview: climbed(scene, request, step, steps) } : {};
      progress({ step, steps, value: valueAt(step), secondsLeft: (steps - step) * 0.8, ...preview });
    }
    const pixels = climbed(scene, request, steps, steps);
    progress({ step: steps, steps, value: valueAt(steps), secondsLeft: 0, preview: pixels });
    return {
      ...outcome(scene, request),
      pixels,
      values: Float32Array.from({ length: steps }, (_, step) => valueAt(step)),
      value: valueAt(steps),
    };
  },
};

/** Of the objective after so many steps. */
function valueAt(step: number): number {
  return 15 * (1 - Math.exp(-step / 6)) - 1;
}

function outcome(scene: UnitsScene, { objective, method, params }: VisualiseRequest) {
  const { labels, input } = scene;
  const isTaken = objective.kind === 'class' && objective.class === mistaken;
  // The one before it is taken for it.
  const climbedClass = objective.kind === 'class' ? objective.class - (isTaken ? 1 : 0) : 3;
  const shares = [0.9984, 0.0009, 0.0004, 0.0002, 0.0001];
  const top = shares.map((probability, i) => {
    const index = (climbedClass + i) % labels.length;
    return { index, label: labels[index] ?? '', logit: Math.log(probability) + 14, probability };
  });
  return {
    objective,
    target:
      objective.kind === 'class'
        ? objective.over === 'lead'
          ? `lead of ${labels[objective.class]} over the other classes`
          : `logit of ${labels[objective.class]}`
        : `${objective.cells} of ${objective.layer} unit ${objective.unit}`,
    method,
    params: { steps: usualSteps, seed: 1, ...params },
    alpha: method === 'maco' ? Uint8Array.from({ length: input[0] * input[1] }, (_, i) => opacityAt(scene, i)) : undefined,
    top,
    probability: objective.kind === 'class' ? shares[isTaken ? 1 : 0] : undefined,
    remark: objective.kind === 'unit' && objective.unit === 5 ? 'The unit gave no gradient: the climb went nowhere.' : undefined,
    engine: 'onnxruntime 1.30.0 (CPU)',
    ms: 8123,
  };
}

/** 0..255: opaque in the middle. */
function opacityAt({ input: [height, width] }: UnitsScene, i: number): number {
  const far = Math.hypot((i % width) / width - 0.5, Math.floor(i / width) / height - 0.5);
  return Math.round(255 * Math.max(0, Math.min(1, 1.5 - 3 * far)));
}

function numberOf(objective: Objective): number {
  return objective.kind === 'class' ? objective.class : objective.unit;
}

/** Rings that come out of noise; the first pixel is [step, seed, class or unit]. */
function climbed({ input: [height, width] }: UnitsScene, { objective, params }: VisualiseRequest, step: number, steps: number): RgbPixels {
  const seed = Number(params?.seed ?? 1);
  const target = numberOf(objective);
  const data = new Uint8Array(3 * width * height);
  const share = step / steps;
  for (let i = 0; i < width * height; i++) {
    const far = Math.hypot((i % width) / width - noise(seed, 'x'), Math.floor(i / width) / height - noise(seed, 'y'));
    for (let c = 0; c < 3; c++) {
      const ring = 0.5 + 0.5 * Math.cos(far * (16 + 3 * target) + 2 * c * noise(target, 'hue'));
      data[3 * i + c] = 255 * (share * ring + (1 - share) * (0.4 + 0.2 * noise(seed, i, c)));
    }
  }
  data.set([step, seed, target]);
  return { width, height, data };
}
