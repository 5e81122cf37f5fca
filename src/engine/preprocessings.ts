import { fedPng } from '../image/preprocess.ts';
import { ModelError } from '../shared/errors.ts';
import type { ModelInfo, PreprocessingTrial, RankedClass } from '../shared/protocol.ts';
import { channelsIn, type Preprocessing } from '../shared/sidecar.ts';
import { preprocessingCandidates } from '../sidecar/candidates.ts';
import { labelOffers } from '../sidecar/offers.ts';
import { inputIsNoImage } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import { forward, rank } from './predict.ts';
import type { Services } from './services.ts';

interface Question extends JobContext {
  model: string;
  image: string;
}

type Candidate = Pick<PreprocessingTrial, 'id' | 'label' | 'preprocessing' | 'current'>;

/**
 * The image's top-1 under each common preprocessing, and under the present one: the question "which of these is right?". One
 * under which the network answers with NaN is not offered. Throws ModelError('input') where the input is no image.
 */
export async function tryPreprocessings(services: Services, { model, image, priority, signal }: Question): Promise<PreprocessingTrial[]> {
  const [open, pixels] = await services.inputs.open(model, image, signal);
  const info = await services.inputs.describe(open, image);
  const candidates = candidatesFor(info);
  if (candidates.length === 0) throw inputIsNoImage(info);
  const trials: PreprocessingTrial[] = [];
  let failure: unknown;
  for (const candidate of candidates) {
    try {
      const fed = services.inputs.feed(pixels, candidate.preprocessing, info);
      const logits = await forward(services, open, { batch: fed.tensor, n: 1, priority, signal });
      trials.push(await trial(candidate, info, fed, logits));
    } catch (error) {
      if (!(error instanceof ModelError && error.code === 'weights')) throw error;
      failure = error;
    }
  }
  if (trials.length === 0) throw failure;
  return trials;
}

/** What is tried keeps what is known of size and cropping: only values and channels are in question. */
function candidatesFor({ input, preprocessing, preprocessingFrom }: ModelInfo): Candidate[] {
  // One for another number of channels is an error of its own, and the question its cure.
  const now = preprocessing && channelsIn(preprocessing.channels) === input.channels ? preprocessing : undefined;
  const candidates = preprocessingCandidates(input).map(({ id, label, preprocessing: common }): Candidate => {
    const tried = now ? { ...geometryOf(now), ...valuesOf(common) } : common;
    return { id, label, preprocessing: tried, current: now !== undefined && sameValues(now, common) };
  });
  if (!now || candidates.some(({ current }) => current)) return candidates;
  return [{ id: 'current', label: `As now (${preprocessingFrom})`, preprocessing: now, current: true }, ...candidates];
}

function valuesOf({ channels, scale, mean, std }: Preprocessing): Pick<Preprocessing, 'channels' | 'scale' | 'mean' | 'std'> {
  return { channels, scale, mean, std };
}

function geometryOf(how: Preprocessing): Omit<Preprocessing, 'channels' | 'scale' | 'mean' | 'std'> {
  const { channels: _, scale: __, mean: ___, std: ____, ...geometry } = how;
  return geometry;
}

/** Fed values of black and white, and the order of the channels: what is written differently can be the same. */
function sameValues(a: Preprocessing, b: Preprocessing): boolean {
  const fed = ({ scale, mean, std }: Preprocessing) => mean.flatMap((m, c) => [-m / std[c]!, (255 * scale - m) / std[c]!]);
  const other = fed(b);
  return a.channels === b.channels && fed(a).every((v, i) => Math.abs(v - other[i]!) <= 1e-4 * Math.max(1, Math.abs(other[i]!)));
}

async function trial(
  candidate: Candidate,
  info: ModelInfo,
  { tensor, min, max }: { tensor: Float32Array; min: number; max: number },
  logits: Float32Array,
): Promise<PreprocessingTrial> {
  const [top] = rank(logits, info) as [RankedClass];
  const offers = info.labels ? [] : await labelOffers(info.classes, top.index);
  return { ...candidate, top, labelOffers: offers, fedPng: await fedPng(tensor, candidate.preprocessing, info.input), min, max };
}
