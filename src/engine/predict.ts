import { planForward } from '../explain/plan.ts';
import { probabilities, ranking } from '../explain/scores.ts';
import type { Tensor } from '../graph/graph.ts';
import { ModelError, throwIfAborted } from '../shared/errors.ts';
import type { ModelInfo, Prediction, RankedClass } from '../shared/protocol.ts';
import type { Services } from './engine.ts';
import type { Prepared } from './inputs.ts';
import type { OpenModel } from './models.ts';

/** Logits [n,classes] of n inputs, as one step of the queue. */
export async function forward(
  { programs, queue }: Services,
  { model }: OpenModel,
  batch: Float32Array,
  n: number,
  priority: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { value, channels, height, width } = model.input;
  return await queue.run(priority, signal, async () => {
    const program = await programs.get(`${model.hash}:forward`, () => planForward(model));
    throwIfAborted(signal);
    const feed: Tensor = { dtype: 'float32', shape: [n, channels, height, width], data: batch };
    const out = await program.run({ [value]: feed });
    return checked(out[model.logits]?.data as Float32Array, model.file);
  });
}

function checked(logits: Float32Array, file: string): Float32Array {
  if (logits.every((z) => Number.isFinite(z))) return logits;
  throw new ModelError('weights', `${file} answers with NaN or infinite logits for this input.`, {
    file,
    hint: 'Check the preprocessing (value range) and whether training diverged.',
  });
}

export async function predict(services: Services, input: Prepared, priority: number, signal: AbortSignal | undefined): Promise<Prediction> {
  const start = performance.now();
  const logits = await forward(services, input.open, input.fed.tensor, 1, priority, signal);
  const ranked = rank(logits, input.info);
  const { min, max, covers } = input.fed;
  return {
    model: input.info,
    image: input.image,
    top: ranked.slice(0, 5),
    logits,
    truth: input.truth === undefined ? undefined : ranked.find((r) => r.index === input.truth),
    fed: { png: input.fedPng, width: input.info.input.width, height: input.info.input.height, min, max, covers },
    ms: performance.now() - start,
  };
}

/** All classes, most likely first. */
export function rank(logits: Float32Array, info: Pick<ModelInfo, 'labels' | 'activation'>): RankedClass[] {
  const p = probabilities(logits, info.activation);
  return ranking(logits).map((index) => ({
    index,
    label: className(info, index),
    logit: logits[index] as number,
    probability: p[index] as number,
  }));
}

export function className({ labels }: Pick<ModelInfo, 'labels'>, index: number): string {
  return labels?.[index] ?? `class ${index}`;
}
