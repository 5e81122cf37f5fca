import { isAbort, ModelError, toErrorRecord } from '../../../shared/errors.ts';
import { frameMap } from '../../../shared/frameMap.ts';
import type { MapRequest } from '../../../shared/protocol.ts';
import type { ComparedImage, ComparedMap, MapMeasures, ProbeFrames } from '../../../shared/trainingProtocol.ts';
import type { RgbPixels } from '../../../shared/unitsProtocol.ts';
import { type ComparedSide, classesOf, type Engine, gone, predicted, type Said } from './comparedClasses.ts';

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
