import { fedPng } from '../image/preprocess.ts';
import { ModelError } from '../shared/errors.ts';
import type { ModelInfo, PreprocessingTrial, RankedClass } from '../shared/protocol.ts';
import { type PreprocessingCandidate, preprocessingCandidates } from '../sidecar/candidates.ts';
import { notAnImage } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import type { OpenModel } from './models.ts';
import { forward, rank } from './predict.ts';
import type { Services } from './services.ts';

interface Question extends JobContext {
  image: string;
}

/**
 * The image's top-1 under each common preprocessing: the question "which of these is right?". One under which the network
 * answers with NaN is not offered. Throws ModelError('input') where the input is no image.
 */
export async function tryPreprocessings(services: Services, open: OpenModel, question: Question): Promise<PreprocessingTrial[]> {
  const { image, priority, signal } = question;
  const info = await services.inputs.describe(open, image);
  const candidates = preprocessingCandidates(info.input);
  if (candidates.length === 0) throw notAnImage(info);
  const pixels = await services.inputs.decode(image, signal);
  const trials: PreprocessingTrial[] = [];
  let failure: unknown;
  for (const candidate of candidates) {
    const { tensor } = services.inputs.feed(pixels, candidate.preprocessing, info);
    try {
      trials.push(await trial(candidate, info, tensor, await forward(services, open, { batch: tensor, n: 1, priority, signal })));
    } catch (error) {
      if (!(error instanceof ModelError && error.code === 'weights')) throw error;
      failure = error;
    }
  }
  if (trials.length === 0) throw failure;
  return trials;
}

async function trial(
  { id, label, preprocessing }: PreprocessingCandidate,
  info: ModelInfo,
  tensor: Float32Array,
  logits: Float32Array,
): Promise<PreprocessingTrial> {
  const [top] = rank(logits, info) as [RankedClass];
  return { id, label, preprocessing, top, fedPng: await fedPng(tensor, preprocessing, info.input) };
}
