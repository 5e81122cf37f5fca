import type { Program } from '../../execute/executor.ts';
import { planInputGradient } from '../../explain/inputGradient.ts';
import { type Tensor, typeOf } from '../../graph/graph.ts';
import type { Model } from '../../importers/model.ts';
import { beforeActivation } from '../../inspect/beforeActivation.ts';
import { planUnitGradient, type UnitGradient } from '../../inspect/unitGradient.ts';
import { ModelError, throwIfAborted } from '../../shared/errors.ts';
import type { Objective } from '../../shared/unitsProtocol.ts';
import { notComputable } from '../graphMaps.ts';
import type { JobContext } from '../jobs.ts';
import type { Services } from '../services.ts';
import { batchSize } from '../stream.ts';
import type { UnitPlace } from './unitLayer.ts';

/** A scalar of the network: a weighted sum of the logits, or of a layer's units. */
export interface Aim {
  /** Holds what is summed. */
  value: string;
  /** For one image: [classes], [C] or [C,H,W]. */
  weights: Float32Array;
}

/** The logit of a class. */
export function classAim(model: Model, index: number): Aim {
  const weights = new Float32Array(model.classes);
  weights[index] = 1;
  return { value: model.logits, weights };
}

/**
 * The mean of a unit over all cells, or its cell in the middle. Where an activation function makes the unit, what goes into it is
 * climbed, as in Lucid ("pre_relu"): a ReLU6 at 6 or a ReLU at 0 would end the climb.
 */
export function unitAim({ graph }: Model, { value, info }: UnitPlace, { unit, cells }: Objective & { kind: 'unit' }): Aim {
  const { units, height, width } = info;
  const plane = height * width;
  const weights = new Float32Array(units * plane);
  if (cells === 'mean') weights.fill(1 / plane, unit * plane, (unit + 1) * plane);
  else weights[unit * plane + Math.floor(height / 2) * width + Math.floor(width / 2)] = 1;
  return { value: beforeActivation(graph, value), weights };
}

/** `redirected`: ReLUs that block everything let through what opens them. */
type Rule = 'gradient' | 'redirected';

export interface Ascent {
  /** The scalar at each image [n]. */
  values: Float32Array;
  /** Of the scalar at the input [n,C,H,W]. */
  gradients: Float32Array;
}

/**
 * The scalar and its gradient at inputs [n,C,H,W], a step of the queue for as many as go together. Throws ModelError: `weights`
 * where something is not finite, `method` where the network has no gradient.
 */
export async function ascend(
  services: Services,
  model: Model,
  { aim, inputs, rule }: { aim: Aim; inputs: Float32Array; rule: Rule },
  context: JobContext,
): Promise<Ascent> {
  const size = model.input.channels * model.input.height * model.input.width;
  const count = inputs.length / size;
  const most = batchSize(model, size * 4);
  const values = new Float32Array(count);
  const gradients = new Float32Array(inputs.length);
  for (let from = 0; from < count; from += most) {
    const n = Math.min(most, count - from);
    const batch = inputs.subarray(from * size, (from + n) * size);
    const part = await run(services, model, { aim, batch, n, rule }, context).catch((error: unknown) => {
      throw notComputable(error, model, ['The visualisation']);
    });
    values.set(part.values, from);
    gradients.set(part.gradients, from * size);
  }
  if (!values.every(Number.isFinite) || !gradients.every(Number.isFinite)) throw notFinite(model.file);
  return { values, gradients };
}

interface Batch {
  aim: Aim;
  batch: Float32Array;
  n: number;
  rule: Rule;
}

/** One step of the queue. */
async function run({ programs, queue }: Services, model: Model, asked: Batch, { priority, signal }: JobContext): Promise<Ascent> {
  const { aim, batch, n, rule } = asked;
  const { value, channels, height, width } = model.input;
  const shape = [n, ...typeOf(model.graph, aim.value).shape.slice(1).map(Number)];
  const compute = async (program: Program, { seed, activation, gradient }: Omit<UnitGradient, 'graph'>): Promise<Ascent> => {
    throwIfAborted(signal);
    const out = await program.run({
      [value]: { dtype: 'float32', shape: [n, channels, height, width], data: batch },
      [seed]: { dtype: 'float32', shape, data: repeated(aim.weights, n) },
    });
    return { values: sums(dataOf(out[activation]), aim.weights, n), gradients: dataOf(out[gradient]) };
  };
  return await queue.run(priority, signal, () =>
    aim.value === model.logits && rule === 'gradient'
      ? // The program that other methods with gradients at the input have.
        programs.use(
          { model: model.hash, graph: 'input-gradient' },
          () => planInputGradient(model),
          (program, { classInput, logits, gradient }) => compute(program, { seed: classInput, activation: logits, gradient }),
        )
      : programs.use(
          { model: model.hash, graph: `unit-gradient:${rule}:${aim.value}` },
          () => planUnitGradient(model, aim.value, rule),
          compute,
        ),
  );
}

/** Σ weight·activation of each image. */
function sums(activations: Float32Array, weights: Float32Array, n: number): Float32Array {
  return Float32Array.from({ length: n }, (_, image) => {
    let sum = 0;
    // Most weights are 0.
    for (let i = 0; i < weights.length; i++) if (weights[i] !== 0) sum += weights[i]! * activations[image * weights.length + i]!;
    return sum;
  });
}

function repeated(row: Float32Array, n: number): Float32Array {
  if (n === 1) return row;
  const rows = new Float32Array(n * row.length);
  for (let i = 0; i < n; i++) rows.set(row, i * row.length);
  return rows;
}

function dataOf(tensor: Tensor | undefined): Float32Array {
  return (tensor as Tensor).data as Float32Array;
}

function notFinite(file: string): ModelError {
  return new ModelError('weights', `${file} has NaN or infinite values or gradients for a picture that the visualisation made.`, {
    file,
    hint: 'Check the preprocessing (value range) and whether training diverged.',
  });
}
