import { isAbort, ModelError, toErrorRecord } from '../../../shared/errors.ts';
import { frameMap } from '../../../shared/frameMap.ts';
import type { ExplanationMap } from '../../../shared/protocol.ts';
import type { CallContext } from '../../../shared/rpc.ts';
import type { ComparedImage, ComparedMap, MapMeasures, ProbeFrames, ProbeMapRequest } from '../../../shared/trainingProtocol.ts';
import type { RgbPixels } from '../../../shared/unitsProtocol.ts';
import { type ComparedSide, classesOf, type Engine, gone, predicted, type Said } from './comparedClasses.ts';

/** One of the two, with what was read of it as it is explained here. */
export interface MappedSide extends ComparedSide {
  /** Of the maps that are asked for; undefined: they are not read, or nothing of them is kept. */
  maps: ProbeFrames | undefined;
}

export interface BothQuestion {
  from: MappedSide;
  to: MappedSide;
  image: string;
  /** Undefined: the true class where it is known, else what `to` predicts. */
  class: number | undefined;
  request: ProbeMapRequest;
  /** Where the object is, by image. */
  masks: Readonly<Record<string, string>>;
  /** Folder that results are kept in. */
  store: string;
  priority: number;
}

/**
 * Both maps of an image for one class, and what both predict. What one of them cannot answer does not keep the other from it. `progress`:
 * 0..1 of both.
 */
export async function explainBoth(
  engine: Engine,
  asked: BothQuestion,
  signal: AbortSignal,
  progress: (done: number) => void = () => {},
): Promise<ComparedImage> {
  const { from, to } = asked;
  const [first, second] = await Promise.all([predicted(engine, from, asked, signal), predicted(engine, to, asked, signal)]);
  const truth = second.truth ?? first.truth;
  const index = asked.class ?? truth ?? second.class ?? first.class;
  if (index === undefined) throw second.failure ?? first.failure ?? new ModelError('stale', 'Nothing is kept of this picture.');
  const of = { ...asked, class: index };
  const done = { from: 0, to: 0 };
  const tell = (side: 'from' | 'to') => (share: number) => {
    done[side] = share;
    progress((done.from + done.to) / 2);
  };
  const [before, now, picture, measuredBefore, measuredNow] = await Promise.all([
    mapOf(engine, from, first, of, { signal, progress: tell('from') }),
    mapOf(engine, to, second, of, { signal, progress: tell('to') }),
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
  side: MappedSide,
  { failure }: Said,
  { image, request, priority, ...asked }: BothQuestion & { class: number },
  { signal, progress }: CallContext<number>,
): Promise<ComparedMap> {
  const { checkpoint } = side;
  if (checkpoint.gone || failure !== undefined) return keptMap(side, image, asked.class, failure ?? gone(checkpoint));
  try {
    const of = { model: checkpoint.path, image, request: { ...request, class: asked.class }, priority };
    const map = await engine.call('explain', of, { signal, onProgress: ({ done }) => progress(done) });
    progress(1);
    return { map, error: undefined, kept: false };
  } catch (error) {
    if (isAbort(error)) throw error;
    return keptMap(side, image, asked.class, error);
  }
}

/** The map that was kept of a probe; where that is of another class there is none. */
function keptMap({ checkpoint, frames, maps }: MappedSide, image: string, index: number, failure: unknown): ComparedMap {
  const error = toErrorRecord(failure);
  // Files that are there and do not answer say why themselves.
  const isGone = checkpoint.gone || error.code === 'file-missing';
  const isKnown = [frames, maps].some((each) => each?.images.includes(image));
  if (!isGone || !isKnown) return { map: undefined, error, kept: false };
  const row = maps?.images.indexOf(image) ?? -1;
  const map = maps && row >= 0 ? frameMap(maps, row) : undefined;
  if (map?.class.index === index) return { map, error: undefined, kept: true };
  return { map: undefined, error: toErrorRecord(notKept(checkpoint.name, map, maps?.classes[index] ?? `class ${index}`)), kept: false };
}

/** `map`: the one that is kept instead. */
function notKept(name: string, map: ExplanationMap | undefined, wanted: string): ModelError {
  if (!map) {
    const message = `The files of ${name} are gone, and this map of it was not drawn while they were there.`;
    return new ModelError('file-missing', message, { hint: 'Choose another method or layer, or another checkpoint.' });
  }
  const kept = map.class.label;
  const message = `The files of ${name} are gone, and the map that is kept of them explains ${kept}, not ${wanted}.`;
  return new ModelError('file-missing', message, { hint: `Explain ${kept}.` });
}

/** Those that were read with its maps where they explain that class; else, of the true class, as frames of this one image. */
async function measuresOf(
  engine: Engine,
  { checkpoint, maps }: MappedSide,
  { image, masks, store, request, priority, ...asked }: BothQuestion & { class: number },
  truth: number | undefined,
  signal: AbortSignal,
): Promise<MapMeasures | undefined> {
  const known = maps && measuresIn(maps, image, asked.class);
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
