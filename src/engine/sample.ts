import { planInputGradient } from '../explain/inputGradient.ts';
import type { Sampling, SamplingMethod } from '../explain/method.ts';
import { targetWeights } from '../explain/target.ts';
import type { Tensor } from '../graph/graph.ts';
import type { Model } from '../importers/model.ts';
import { ModelError, throwIfAborted } from '../shared/errors.ts';
import { notComputable, type RawMap } from './graphMaps.ts';
import type { Prepared } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import type { MapTask } from './resolve.ts';
import type { Services } from './services.ts';
import { batchSize, Progress, type StreamContext } from './stream.ts';

/** Runs a sampling method batch by batch through the queue: gradients of the target at many inputs. */
export async function sample(
  services: Services,
  input: Prepared,
  method: SamplingMethod,
  task: MapTask,
  context: StreamContext,
): Promise<RawMap> {
  const start = performance.now();
  const { model } = input.open;
  const { channels, height, width } = model.input;
  const { tensor } = input.fed;
  const black = input.bounds.low.data as Float32Array;
  const sampling = method.prepare({ input: tensor, black, channels, height, width, variant: task.variant, params: task.params });
  const { count } = sampling;
  const draw = (): RawMap => ({
    values: sampling.map(),
    height,
    width,
    checks: sampling.checks?.() ?? [],
    ms: performance.now() - start,
  });
  const progress = new Progress({ count, before: 0 }, draw, context);
  const most = Math.min(count, batchSize(model, tensor.byteLength));
  const inputs = new Float32Array(most * tensor.length);
  for (let done = 0; done < count; ) {
    const n = Math.min(most, count - done);
    const batch = inputs.subarray(0, n * tensor.length);
    for (let i = 0; i < n; i++) sampling.fill(done + i, batch.subarray(i * tensor.length, (i + 1) * tensor.length));
    await add(services, input, { batch, from: done, n }, { sampling, task, context, label: method.info.label });
    done += n;
    progress.at(done);
  }
  return draw();
}

interface Batch {
  batch: Float32Array;
  /** Number of its first input. */
  from: number;
  n: number;
}

interface Work {
  sampling: Sampling;
  task: MapTask;
  context: StreamContext;
  label: string;
}

/** Takes in the gradients at the inputs of one batch. */
async function add(
  services: Services,
  { open: { model } }: Prepared,
  batch: Batch,
  { sampling, task, context, label }: Work,
): Promise<void> {
  const weights = targetWeights(task.target, model.classes).data as Float32Array;
  const { gradients, logits } = await gradientsOf(services, model, { ...batch, weights }, context).catch((error: unknown) => {
    throw notComputable(error, model, [label]);
  });
  const { channels, height, width } = model.input;
  const size = channels * height * width;
  for (let i = 0; i < batch.n; i++) {
    const gradient = gradients.subarray(i * size, (i + 1) * size);
    const score = weights.reduce((sum, w, c) => (w === 0 ? sum : sum + w * (logits[i * model.classes + c] as number)), 0);
    if (!Number.isFinite(score) || !gradient.every((g) => Number.isFinite(g))) throw notFinite(model.file, label);
    sampling.add(batch.from + i, gradient, score);
  }
}

/** Gradients [n,C,H,W] of Σ weight·logit and logits [n,classes], as one step of the queue. */
async function gradientsOf(
  { programs, queue }: Services,
  model: Model,
  { batch, n, weights }: Batch & { weights: Float32Array },
  { priority, signal }: JobContext,
): Promise<{ gradients: Float32Array; logits: Float32Array }> {
  const { value, channels, height, width } = model.input;
  return await queue.run(priority, signal, () =>
    programs.use(
      { model: model.hash, graph: 'input-gradient' },
      () => planInputGradient(model),
      async (program, { classInput, gradient, logits }) => {
        throwIfAborted(signal);
        const out = await program.run({
          [value]: { dtype: 'float32', shape: [n, channels, height, width], data: batch },
          [classInput]: { dtype: 'float32', shape: [n, model.classes], data: repeated(weights, n) },
        });
        return { gradients: dataOf(out[gradient]), logits: dataOf(out[logits]) };
      },
    ),
  );
}

function dataOf(tensor: Tensor | undefined): Float32Array {
  return (tensor as Tensor).data as Float32Array;
}

function repeated(row: Float32Array, n: number): Float32Array {
  const rows = new Float32Array(n * row.length);
  for (let i = 0; i < n; i++) rows.set(row, i * row.length);
  return rows;
}

function notFinite(file: string, label: string): ModelError {
  return new ModelError('weights', `${file} has NaN or infinite logits or gradients for an input that ${label} made.`, {
    file,
    hint: 'Check the preprocessing (value range) and whether training diverged.',
  });
}
