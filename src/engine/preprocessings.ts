import { fedPng, preprocess } from '../image/preprocess.ts';
import type { PreprocessingTrial, RankedClass } from '../shared/protocol.ts';
import { preprocessingCandidates } from '../sidecar/candidates.ts';
import type { Services } from './engine.ts';
import type { OpenModel } from './models.ts';
import { forward, rank } from './predict.ts';

/** The image's top-1 under each common preprocessing: the question "which of these is right?". */
export async function tryPreprocessings(
  services: Services,
  open: OpenModel,
  image: string,
  priority: number,
  signal: AbortSignal | undefined,
): Promise<PreprocessingTrial[]> {
  const info = await services.inputs.describe(services, open, image);
  const pixels = await services.inputs.decode(image, signal);
  const trials: PreprocessingTrial[] = [];
  for (const { id, label, preprocessing } of preprocessingCandidates(info.input)) {
    const fed = preprocess(pixels, preprocessing, info.input);
    const logits = await forward(services, open, fed.tensor, 1, priority, signal);
    const [top] = rank(logits, info) as [RankedClass];
    trials.push({ id, label, preprocessing, top, fedPng: await fedPng(fed.tensor, preprocessing, info.input) });
  }
  return trials;
}
