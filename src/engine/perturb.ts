import { setImmediate } from 'node:timers/promises';
import type { Perturbation, PerturbationMethod, Scores } from '../explain/method.ts';
import { targetScore } from '../explain/target.ts';
import { ModelError, throwIfAborted } from '../shared/errors.ts';
import { activationOf } from './activations.ts';
import type { Answers } from './answers.ts';
import type { RawMap } from './graphMaps.ts';
import { chooseWay, logitsOfPatches } from './incremental/incremental.ts';
import type { Prepared } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import { forward, logitsOf } from './predict.ts';
import type { MapTask } from './resolve.ts';
import type { Services } from './services.ts';
import { batchSize, Progress, type StreamContext } from './stream.ts';

/** Bound of one map's answers: 67 million logits. */
const mostBytes = 2 ** 28;

/**
 * A perturbation method's map, from the answers of the network to the inputs it makes. Answers that are there already, of
 * another class or of a cancelled run, are not asked for again.
 */
export async function perturb(
  services: Services,
  input: Prepared,
  method: PerturbationMethod,
  task: MapTask,
  context: StreamContext,
): Promise<RawMap> {
  const start = performance.now();
  const { model } = input.open;
  const { priority, signal } = context;
  const asked = await prepare(services, input, method, task, context);
  const { count } = asked;
  const key = [input.key, method.info.id, task.layer, asked.key].join('|');
  const answers = services.answers.get(key, model.classes, count);
  const how = { score: method.score(task.variant), activation: model.activation };
  const whole = targetScore(task.target, await logitsOf(services, input, priority, signal), how);
  const scores: Scores = { whole, of: (i) => targetScore(task.target, answers.of(i), how) };
  const draw = (done: number): RawMap => ({
    values: asked.map(scores, done),
    height: asked.height,
    width: asked.width,
    checks: [...(asked.checks?.(scores, done) ?? []), ...answers.checks],
    ms: performance.now() - start,
  });
  const before = Math.min(answers.done, count);
  await takeIn(asked, scores, before, signal);
  const progress = new Progress({ count, before }, draw, context);
  if (before > 0 && before < count) progress.at(before);
  await services.answers.complete(
    key,
    answers,
    count,
    (missing, job) => ask(services, input, { perturbation: asked, label: method.info.label }, missing, { ...job, priority }),
    { signal, progress: (done) => progress.at(Math.min(done, count)) },
  );
  return draw(count);
}

/** Adds up answers that are there already a few at a time: a thousand masks take a while, and others want their turn. */
async function takeIn(asked: Perturbation, scores: Scores, before: number, signal: AbortSignal): Promise<void> {
  for (let done = 100; done < before; done += 100) {
    asked.map(scores, done);
    await setImmediate();
    throwIfAborted(signal);
  }
}

async function prepare(
  services: Services,
  input: Prepared,
  method: PerturbationMethod,
  { variant, params, layer }: MapTask,
  context: JobContext,
): Promise<Perturbation> {
  const { model } = input.open;
  const { channels, height, width } = model.input;
  const black = input.bounds.low.data as Float32Array;
  const subject = { input: input.fed.tensor, black, channels, height, width, variant, params };
  const activation = method.readsLayer ? await activationOf(services, input, layer, context) : undefined;
  const asked = method.prepare(activation ? { ...subject, activation } : subject);
  const bytes = asked.count * model.classes * Float32Array.BYTES_PER_ELEMENT;
  if (bytes <= mostBytes) return asked;
  const megabytes = (n: number) => `${Math.ceil(n / 2 ** 20)} MB`;
  throw new ModelError(
    'method',
    `${method.info.label} would ask the network ${asked.count} times: ${megabytes(bytes)} of answers, ${megabytes(mostBytes)} are possible.`,
    { hint: method.fewer },
  );
}

/** Inputs to ask about, and the name of the method that made them. */
interface Asked {
  perturbation: Perturbation;
  label: string;
}

/** Asks for the missing answers. */
async function ask(
  services: Services,
  input: Prepared,
  asked: Asked,
  answers: Answers,
  { progress, ...context }: JobContext & { progress(done: number): void },
): Promise<void> {
  for await (const logits of await missingLogits(services, input, asked, answers, context)) {
    answers.add(logits);
    progress(answers.done);
  }
}

/** In full, or, where the inputs differ from the image by a patch each and it is faster, of what the patches change. */
async function missingLogits(
  services: Services,
  input: Prepared,
  asked: Asked,
  answers: Answers,
  context: JobContext,
): Promise<AsyncGenerator<Float32Array, void>> {
  const { patches } = asked.perturbation;
  const way = patches && (await chooseWay(services, input, patches));
  if (way) answers.checks = [way.check];
  if (!patches || !way?.plan) return batchedLogits(services, input, asked, answers.done, context);
  const what = `an input that ${asked.label} made`;
  return logitsOfPatches(services, input, { plan: way.plan, patches, what }, answers.done, context);
}

/**
 * Logits [n,classes] of the inputs from number `first` on, batch by batch through the queue: a cancel takes effect, and what is
 * urgent comes first, within one.
 */
async function* batchedLogits(
  services: Services,
  { open, fed }: Prepared,
  { perturbation: { count, fill }, label }: Asked,
  first: number,
  context: JobContext,
): AsyncGenerator<Float32Array, void> {
  const size = fed.tensor.length;
  const most = batchSize(open.model, fed.tensor.byteLength);
  const inputs = new Float32Array(Math.min(most, count - first) * size);
  for (let from = first; from < count; from += most) {
    const n = Math.min(most, count - from);
    const batch = inputs.subarray(0, n * size);
    for (let i = 0; i < n; i++) fill(from + i, batch.subarray(i * size, (i + 1) * size));
    yield await forward(services, open, { ...context, batch, n, what: `an input that ${label} made` });
  }
}
