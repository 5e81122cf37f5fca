import type { Program } from '../../execute/executor.ts';
import { planInputGradient } from '../../explain/inputGradient.ts';
import { type Tensor, typeOf } from '../../graph/graph.ts';
import type { Model } from '../../importers/model.ts';
import { beforeActivation } from '../../inspect/beforeActivation.ts';
import { planUnitGradient, type UnitGradient } from '../../inspect/unitGradient.ts';
import type { UnitPlace } from '../../inspect/unitPlaces.ts';
import { ModelError, throwIfAborted } from '../../shared/errors.ts';
import type { Objective } from '../../shared/unitsProtocol.ts';
import { notComputable } from '../graphMaps.ts';
import type { JobContext } from '../jobs.ts';
import { forward } from '../predict.ts';
import type { Services } from '../services.ts';
import { batchSize } from '../stream.ts';

/** A scalar of the network: a weighted sum of the logits, or of a layer's units; or how far a logit is ahead. */
export interface Aim {
  /** Holds what is summed. */
  value: string;
  /** For one image: [classes], [C] or [C,H,W]. */
  weights: Float32Array;
  /** The class whose lead over the others is climbed: its gradient is that of other weights for each image. */
  leader?: number;
}

/** The logit of a class. */
export function classAim(model: Model, index: number): Aim {
  const weights = new Float32Array(model.classes);
  weights[index] = 1;
  return { value: model.logits, weights };
}

/** How far the logit of a class is ahead of all others: z_c − log Σ_{j≠c} exp(z_j). */
export function leadAim(model: Model, index: number): Aim {
  return { ...classAim(model, index), leader: index };
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
    const part = await climbed(services, model, { aim, batch, n, rule }, context).catch((error: unknown) => {
      throw notComputable(error, model, ['The visualisation']);
    });
    values.set(part.values, from);
    gradients.set(part.gradients, from * size);
  }
  if (!values.every(Number.isFinite) || !gradients.every(Number.isFinite)) throw notFinite(model.file);
  return { values, gradients };
}

interface Batch {
  batch: Float32Array;
  n: number;
  rule: Rule;
}

/** `weights` [n,…] of what `value` holds. */
interface Weighted extends Batch {
  value: string;
  weights: Float32Array;
}

async function climbed(services: Services, model: Model, { aim, ...asked }: Batch & { aim: Aim }, context: JobContext): Promise<Ascent> {
  if (aim.leader === undefined)
    return await run(services, model, { ...asked, value: aim.value, weights: repeated(aim.weights, asked.n) }, context);
  // The weights follow from the logits there.
  const what = 'a picture that the visualisation made';
  const logits = await forward(services, { model }, { batch: asked.batch, n: asked.n, what, ...context });
  const { values, weights } = leads(logits, aim.leader, model.classes);
  const { gradients } = await run(services, model, { ...asked, value: aim.value, weights }, context);
  return { values, gradients };
}

/** One step of the queue. */
async function run({ programs, queue }: Services, model: Model, asked: Weighted, { priority, signal }: JobContext): Promise<Ascent> {
  const { value, weights, batch, n, rule } = asked;
  const { value: input, channels, height, width } = model.input;
  const shape = [n, ...typeOf(model.graph, value).shape.slice(1).map(Number)];
  const compute = async (program: Program, { seed, activation, gradient }: Omit<UnitGradient, 'graph'>): Promise<Ascent> => {
    throwIfAborted(signal);
    const out = await program.run({
      [input]: { dtype: 'float32', shape: [n, channels, height, width], data: batch },
      [seed]: { dtype: 'float32', shape, data: weights },
    });
    return { values: sums(dataOf(out[activation]), weights, n), gradients: dataOf(out[gradient]) };
  };
  return await queue.run(priority, signal, () =>
    value === model.logits && rule === 'gradient'
      ? // The program that other methods with gradients at the input have.
        programs.use(
          { model: model.hash, graph: 'input-gradient' },
          () => planInputGradient(model),
          (program, { classInput, logits, gradient }) => compute(program, { seed: classInput, activation: logits, gradient }),
        )
      : programs.use({ model: model.hash, graph: `unit-gradient:${rule}:${value}` }, () => planUnitGradient(model, value, rule), compute),
  );
}

/** Σ weight·activation of each image. */
function sums(activations: Float32Array, weights: Float32Array, n: number): Float32Array {
  const size = weights.length / n;
  return Float32Array.from({ length: n }, (_, image) => {
    let sum = 0;
    // Most weights are 0.
    for (let i = image * size; i < (image + 1) * size; i++) if (weights[i] !== 0) sum += weights[i]! * activations[i]!;
    return sum;
  });
}

/** The lead of a class at each image, from logits [n,classes], and its derivatives by them: 1, and −softmax over the others. */
function leads(logits: Float32Array, leader: number, classes: number): { values: Float32Array; weights: Float32Array } {
  const n = logits.length / classes;
  const values = new Float32Array(n);
  const weights = new Float32Array(logits.length);
  for (let image = 0; image < n; image++) {
    const of = logits.subarray(image * classes, (image + 1) * classes);
    const largest = of.reduce((most, z, c) => (c === leader ? most : Math.max(most, z)), Number.NEGATIVE_INFINITY);
    const powers = of.map((z, c) => (c === leader ? 0 : Math.exp(z - largest)));
    const sum = powers.reduce((total, power) => total + power, 0);
    values[image] = (of[leader] as number) - largest - Math.log(sum);
    for (let c = 0; c < classes; c++) weights[image * classes + c] = c === leader ? 1 : -(powers[c] as number) / sum;
  }
  return { values, weights };
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
