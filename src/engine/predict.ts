import { planForward } from '../explain/plan.ts';
import { probabilities, ranking } from '../explain/scores.ts';
import type { Tensor } from '../graph/graph.ts';
import { fedPng } from '../image/preprocess.ts';
import { className, scoresClasses } from '../shared/classScores.ts';
import { ModelError, throwIfAborted } from '../shared/errors.ts';
import type { ModelInfo, Prediction, RankedClass } from '../shared/protocol.ts';
import { labelOffers } from '../sidecar/offers.ts';
import type { Prepared } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import type { OpenModel } from './models.ts';
import type { Services } from './services.ts';

/** Inputs [n,C,H,W] and how urgent their logits are. */
interface Batch extends JobContext {
  batch: Float32Array;
  n: number;
  /** What the inputs are, a phrase for messages. */
  what?: string;
}

/** Logits [n,classes] of n inputs, as one step of the queue. Throws ModelError('weights') where one is NaN or infinite. */
export async function forward(services: Services, open: Pick<OpenModel, 'model'>, batch: Batch): Promise<Float32Array> {
  return finiteLogits(await uncheckedLogits(services, open, batch), open.model.file, batch.what);
}

/** The same, NaN and all: for a caller who says more about them. */
export async function uncheckedLogits(
  { programs, queue }: Services,
  { model }: Pick<OpenModel, 'model'>,
  { batch, n, priority, signal }: Omit<Batch, 'what'>,
): Promise<Float32Array> {
  const { value, channels, height, width } = model.input;
  const feed: Tensor = { dtype: 'float32', shape: [n, channels, height, width], data: batch };
  return await queue.run(priority, signal, () =>
    programs.use(
      { model: model.hash, graph: 'forward' },
      () => ({ graph: planForward(model) }),
      async (program) => {
        throwIfAborted(signal);
        const { data } = (await program.run({ [value]: feed }))[model.logits] as Tensor;
        // A copy: the engine's own buffer may be a part of a larger one.
        return new Float32Array(data as Float32Array);
      },
    ),
  );
}

/** Logits [classes] of one image; kept. */
export async function logitsOf(
  services: Services,
  { key, open, fed }: Prepared,
  priority: number,
  signal: AbortSignal,
): Promise<Float32Array> {
  const known = services.logits.get(key);
  if (known) return known;
  const logits = await forward(services, open, { batch: fed.tensor, n: 1, priority, signal });
  services.logits.set(key, logits, logits.byteLength);
  return logits;
}

/** Throws ModelError('weights') unless all are finite. `what`: the inputs they are of, a phrase for the message. */
export function finiteLogits(logits: Float32Array, file: string, what = 'this input'): Float32Array {
  if (logits.every((z) => Number.isFinite(z))) return logits;
  throw new ModelError('weights', `${file} answers with NaN or infinite logits for ${what}.`, {
    file,
    hint: 'Check the preprocessing (value range) and whether training diverged.',
  });
}

export async function predict(services: Services, input: Prepared, priority: number, signal: AbortSignal): Promise<Prediction> {
  const start = performance.now();
  const { info, image, truth } = input;
  const logits = await logitsOf(services, input, priority, signal);
  const ranked = rank(logits, info);
  const { tensor, min, max, covers } = input.fed;
  const png = await fedPng(tensor, info.preprocessing, info.input);
  throwIfAborted(signal);
  return {
    model: info,
    image,
    top: ranked.slice(0, 5),
    logits,
    truth: truth === undefined ? undefined : ranked.find((r) => r.index === truth),
    labelOffers: info.labels || !ranked[0] ? [] : await labelOffers(info.classes, ranked[0].index),
    fed: { png, width: info.input.width, height: info.input.height, min, max, covers },
    ms: performance.now() - start,
  };
}

/** All classes, most likely first. */
export function rank(logits: Float32Array, info: Pick<ModelInfo, 'labels' | 'activation' | 'classes'>): RankedClass[] {
  const p = scoresClasses(info) ? probabilities(logits, info.activation) : undefined;
  return ranking(logits).map((index) => ({
    index,
    label: className(info, index),
    logit: logits[index] as number,
    probability: p?.[index],
  }));
}
