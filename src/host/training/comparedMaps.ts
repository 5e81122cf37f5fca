import { isAbort, ModelError, toErrorRecord } from '../../shared/errors.ts';
import { frameMap } from '../../shared/frameMap.ts';
import type { MapRequest, Prediction, RankedClass } from '../../shared/protocol.ts';
import type { Checkpoint, ComparedClass, ComparedImage, ComparedMap, MapMeasures, ProbeFrames } from '../../shared/trainingProtocol.ts';
import type { RgbPixels } from '../../shared/unitsProtocol.ts';
import type { EngineClient } from '../engineClient.ts';

/** One of the two checkpoints, with what was read of it. */
export interface ComparedSide {
  checkpoint: Checkpoint;
  frames: ProbeFrames | undefined;
}

export interface BothQuestion {
  from: ComparedSide;
  to: ComparedSide;
  image: string;
  /** Undefined: the true class where it is known, else what `to` predicts. */
  class: number | undefined;
  request: Omit<MapRequest, 'class'>;
  /** Where the object is, by image. */
  masks: Readonly<Record<string, string>>;
  /** Folder that results are kept in. */
  store: string;
  priority: number;
}

/** So many best classes of each are told of. */
const told = 5;

type Engine = Pick<EngineClient, 'call'>;

/** Both maps of an image for one class, and what both predict. What one of them cannot answer does not keep the other from it. */
export async function explainBoth(engine: Engine, asked: BothQuestion, signal: AbortSignal): Promise<ComparedImage> {
  const { from, to } = asked;
  const [first, second] = await Promise.all([predicted(engine, from, asked, signal), predicted(engine, to, asked, signal)]);
  const truth = second.truth ?? first.truth;
  const index = asked.class ?? truth ?? second.class ?? first.class;
  if (index === undefined) throw second.failure ?? first.failure ?? new ModelError('stale', 'Nothing is kept of this picture.');
  const of = { ...asked, class: index };
  const [before, now, picture, measuredBefore, measuredNow] = await Promise.all([
    mapOf(engine, from, first, of, signal),
    mapOf(engine, to, second, of, signal),
    pictureOf(engine, asked, signal),
    measuresOf(engine, from, of, truth, signal),
    measuresOf(engine, to, of, truth, signal),
  ]);
  const label = second.label(index) ?? first.label(index) ?? `class ${index}`;
  return {
    ...{ picture, explained: { index, label }, truth, from: before, to: now },
    predicted: { from: first.class, to: second.class },
    classes: classesOf(first, second, [truth, index]),
    measured: { from: measuredBefore, to: measuredNow },
  };
}

/** What a checkpoint says of an image, from its files or from what was kept. */
interface Said {
  truth: number | undefined;
  class: number | undefined;
  best: readonly number[];
  probability(index: number): number | undefined;
  label(index: number): string | undefined;
  /** Its files do not answer. */
  failure: unknown;
}

async function predicted(engine: Engine, side: ComparedSide, { image, priority }: BothQuestion, signal: AbortSignal): Promise<Said> {
  const { checkpoint } = side;
  if (checkpoint.gone) return kept(side, image, gone(checkpoint));
  try {
    return answered(await engine.call('predict', { model: checkpoint.path, image, priority }, { signal }));
  } catch (error) {
    if (isAbort(error)) throw error;
    return kept(side, image, error);
  }
}

function answered({ top, truth, logits, model: { labels, activation } }: Prediction): Said {
  const best = top[0] as RankedClass;
  return {
    ...{ truth: truth?.index, class: best.index, best: top.slice(0, told).map(({ index }) => index), failure: undefined },
    probability(index) {
      const [known, logit] = [top.find((each) => each.index === index)?.probability, logits[index]];
      if (known !== undefined || best.probability === undefined || logit === undefined) return known;
      // From a logit to its share of the softmax by way of one whose share is known.
      return activation === 'sigmoid' ? 1 / (1 + Math.exp(-logit)) : best.probability * Math.exp(logit - best.logit);
    },
    label: (index) => labels?.[index] ?? top.find((each) => each.index === index)?.label,
  };
}

function kept({ frames }: ComparedSide, image: string, failure: unknown): Said {
  const row = frames?.images.indexOf(image) ?? -1;
  if (!frames || row < 0)
    return { truth: undefined, class: undefined, best: [], probability: () => undefined, label: () => undefined, failure };
  const known = (index: number) => (index >= 0 ? index : undefined);
  const [truth, best] = [known(frames.truth[row] as number), known(frames.predicted[row] as number)];
  const number = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? undefined : value);
  return {
    ...{ truth, class: best, best: best === undefined ? [] : [best], failure },
    probability(index) {
      if (index === best) return number(frames.confidence[row]);
      return index === truth ? number(frames.trueProbability[row]) : undefined;
    },
    label: (index) => frames.classes[index],
  };
}

function classesOf(from: Said, to: Said, also: readonly (number | undefined)[]): ComparedClass[] {
  const indices = [...new Set([...to.best, ...from.best, ...also])].filter((index) => index !== undefined);
  const classes = indices.map((index) => ({
    ...{ index, label: to.label(index) ?? from.label(index) ?? `class ${index}` },
    ...{ from: from.probability(index), to: to.probability(index) },
  }));
  return classes.sort((a, b) => (b.to ?? -1) - (a.to ?? -1) || (b.from ?? -1) - (a.from ?? -1));
}

async function mapOf(
  engine: Engine,
  side: ComparedSide,
  { failure }: Said,
  { image, request, priority, ...asked }: BothQuestion & { class: number },
  signal: AbortSignal,
): Promise<ComparedMap> {
  const { checkpoint } = side;
  if (checkpoint.gone || failure !== undefined) return keptMap(side, image, asked.class, failure ?? gone(checkpoint));
  try {
    const of = { model: checkpoint.path, image, request: { ...request, class: asked.class }, priority };
    return { map: await engine.call('explain', of, { signal }), error: undefined, kept: false };
  } catch (error) {
    if (isAbort(error)) throw error;
    return keptMap(side, image, asked.class, error);
  }
}

/** The map that was kept of a probe; where that is of another class there is none. */
function keptMap({ checkpoint, frames }: ComparedSide, image: string, index: number, failure: unknown): ComparedMap {
  const error = toErrorRecord(failure);
  // Files that are there and do not answer say why themselves.
  const isGone = checkpoint.gone || error.code === 'file-missing';
  const row = frames?.images.indexOf(image) ?? -1;
  if (!isGone || !frames || row < 0) return { map: undefined, error, kept: false };
  const explained = frames.explained[row] as number;
  if (explained !== index) {
    const name = (at: number) => frames.classes[at] ?? `class ${at}`;
    const message = `The files of ${checkpoint.name} are gone, and the map that is kept of them explains ${name(explained)}, not ${name(index)}.`;
    const hint = explained >= 0 ? `Explain ${name(explained)}.` : 'Choose another picture.';
    return { map: undefined, error: toErrorRecord(new ModelError('file-missing', message, { hint })), kept: false };
  }
  const map = frameMap(frames, row);
  return map ? { map, error: undefined, kept: true } : { map: undefined, error, kept: false };
}

/** Those of the checkpoint's frames where they explain that class; else, of the true class, as frames of this one image. */
async function measuresOf(
  engine: Engine,
  { checkpoint, frames }: ComparedSide,
  { image, masks, store, request, priority, ...asked }: BothQuestion & { class: number },
  truth: number | undefined,
  signal: AbortSignal,
): Promise<MapMeasures | undefined> {
  const known = frames && measuresIn(frames, image, asked.class);
  if (known || checkpoint.gone || asked.class !== truth) return known;
  try {
    const choice = { request, of: 'truth' } as const;
    const of = { model: checkpoint.path, store, images: [image], masks, choice, priority };
    return measuresIn(await engine.call('probeFrames', of, { signal }), image, asked.class);
  } catch (error) {
    if (isAbort(error)) throw error;
    // What cannot be measured is told of where the map would be.
    return undefined;
  }
}

function measuresIn(frames: ProbeFrames, image: string, index: number): MapMeasures | undefined {
  const row = frames.images.indexOf(image);
  if (row < 0 || frames.explained[row] !== index || Number.isNaN(frames.borderShare[row])) return undefined;
  return {
    borderShare: frames.borderShare[row] as number,
    borderPeak: frames.borderPeak[row] === 1,
    objectShare: frames.objectShare[row] as number,
    objectArea: frames.objectArea[row] as number,
    objectPeak: frames.objectPeak[row] === 1,
  };
}

async function pictureOf(engine: Engine, { from, to, image, priority }: BothQuestion, signal: AbortSignal): Promise<RgbPixels | undefined> {
  for (const { checkpoint } of [to, from]) {
    if (checkpoint.gone) continue;
    try {
      return await engine.call('picture', { model: checkpoint.path, image, priority }, { signal });
    } catch (error) {
      if (isAbort(error)) throw error;
    }
  }
  return undefined;
}

export function gone({ name }: Pick<Checkpoint, 'name'>): ModelError {
  const message = `The files of ${name} are gone, and nothing is kept of it for this picture.`;
  return new ModelError('file-missing', message, { hint: 'Choose another checkpoint.' });
}
