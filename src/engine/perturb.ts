import type { PerturbationMethod, Scores } from '../explain/method.ts';
import { targetScore } from '../explain/target.ts';
import { typeOf } from '../graph/graph.ts';
import type { Model } from '../importers/model.ts';
import { throwIfAborted } from '../shared/errors.ts';
import type { RawMap } from './graphMaps.ts';
import type { Prepared } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import { forward, logitsOf } from './predict.ts';
import type { MapTask } from './resolve.ts';
import type { Services } from './services.ts';

/**
 * Inputs of a batch together stay below this: four of 224 pixels. Larger batches are no faster on a CPU (ResNet50 and
 * SqueezeNet: the same time for 4 and 16), and what is on screen waits for the end of a batch.
 */
const batchBytes = 2.5 * 2 ** 20;

export interface StreamContext extends JobContext {
  progress(done: number, secondsLeft: number | undefined, map: RawMap): void;
}

/** Runs a perturbation method batch by batch through the queue. */
export async function perturb(
  services: Services,
  input: Prepared,
  method: PerturbationMethod,
  { variant, target, params }: MapTask,
  { priority, signal, progress }: StreamContext,
): Promise<RawMap> {
  const { model } = input.open;
  const { channels, height, width } = model.input;
  const { classes } = model;
  const start = performance.now();
  const asked = method.prepare({ input: input.fed.tensor, channels, height, width, variant, params });
  const answers = new Float32Array(asked.count * classes);
  const score = (logits: Float32Array) => targetScore(target, logits, { score: method.score(variant), activation: model.activation });
  const scores: Scores = {
    whole: score(await logitsOf(services, input, priority, signal)),
    of: (i) => score(answers.subarray(i * classes, (i + 1) * classes)),
  };
  const raw = (done: number): RawMap => ({
    values: asked.map(scores, done),
    height: asked.height,
    width: asked.width,
    checks: asked.checks?.(scores, done) ?? [],
    ms: performance.now() - start,
  });
  const size = channels * height * width;
  const most = batchSize(model, input.fed.tensor.byteLength);
  for (let from = 0; from < asked.count; from += most) {
    const n = Math.min(most, asked.count - from);
    const batch = new Float32Array(n * size);
    for (let i = 0; i < n; i++) asked.fill(from + i, batch.subarray(i * size, (i + 1) * size));
    answers.set(await forward(services, input.open, { batch, n, priority, signal }), from * classes);
    throwIfAborted(signal);
    const done = (from + n) / asked.count;
    const elapsed = (performance.now() - start) / 1000;
    progress(done, (elapsed / done) * (1 - done), raw(from + n));
  }
  return raw(asked.count);
}

/** One where the model works across its batch, so that the images of one would change each other. */
export function batchSize({ graph, input }: Model, imageBytes: number): number {
  if (typeOf(graph, input.value).shape[0] !== 'N') return 1;
  return Math.max(1, Math.min(16, Math.floor(batchBytes / imageBytes)));
}
