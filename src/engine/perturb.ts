import type { PerturbationMethod } from '../explain/method.ts';
import { probabilities } from '../explain/scores.ts';
import { typeOf } from '../graph/graph.ts';
import type { Model } from '../importers/model.ts';
import { throwIfAborted } from '../shared/errors.ts';
import type { RawMap } from './graphMaps.ts';
import type { Prepared } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import { forward } from './predict.ts';
import type { MapTask } from './resolve.ts';
import type { Services } from './services.ts';

/**
 * Inputs of a batch together stay below this: four of 224 pixels. Larger batches are no faster on a CPU (ResNet50 and
 * SqueezeNet: the same time for 4 and 16), and what is on screen waits for the end of a batch.
 */
const batchBytes = 2.5 * 2 ** 20;

interface Context extends JobContext {
  progress(done: number, secondsLeft: number | undefined, map: RawMap): void;
}

/** Runs a perturbation method batch by batch through the queue. */
export async function perturb(
  services: Services,
  input: Prepared,
  method: PerturbationMethod,
  { variant, class: index, params }: MapTask,
  { priority, signal, progress }: Context,
): Promise<RawMap> {
  const { model } = input.open;
  const { channels, height, width } = model.input;
  const start = performance.now();
  const raw = (values: Float32Array): RawMap => ({ values, height, width, ms: performance.now() - start });
  const values = await method.run({
    input: input.fed.tensor,
    channels,
    height,
    width,
    class: index,
    classes: model.classes,
    variant,
    params,
    batchSize: batchSize(model, input.fed.tensor.byteLength),
    forward: (batch, n) => forward(services, input.open, { batch, n, priority, signal }),
    probability: (logits, row) =>
      probabilities(logits.subarray(row * model.classes, (row + 1) * model.classes), model.activation)[index] as number,
    report(done, map) {
      throwIfAborted(signal);
      const elapsed = (performance.now() - start) / 1000;
      progress(done, done > 0 ? (elapsed / done) * (1 - done) : undefined, raw(map()));
    },
  });
  return raw(values);
}

/** One where the model works across its batch, so that the images of one would change each other. */
function batchSize({ graph, input }: Model, imageBytes: number): number {
  if (typeOf(graph, input.value).shape[0] !== 'N') return 1;
  return Math.max(1, Math.min(16, Math.floor(batchBytes / imageBytes)));
}
