import { isAbort } from '../../../shared/errors.ts';
import { frameMap } from '../../../shared/frameMap.ts';
import type { CallContext } from '../../../shared/rpc.ts';
import type { BothSides, Checkpoint, ExplainedClass, ProbeFrames, ProbeMapRequest } from '../../../shared/trainingProtocol.ts';
import type { Engine } from './comparedClasses.ts';

export interface FramesQuestion {
  from: Checkpoint;
  to: Checkpoint;
  /** Probes. */
  images: readonly string[];
  masks: Readonly<Record<string, string>>;
  request: ProbeMapRequest;
  /** Folder that results are kept in. */
  store: string;
  priority: number;
}

/** Maps of all probes by both, the second first. One that does not answer does not keep the other from it. */
export async function framesOfBoth(
  engine: Engine,
  { from, to, ...of }: FramesQuestion,
  { signal, progress }: CallContext<{ done: number; total: number }>,
): Promise<BothSides<ProbeFrames | undefined>> {
  const total = 2 * of.images.length;
  const tell = (before: number) => (done: number) => progress({ done: before + done, total });
  const second = await framesOf(engine, to, of, { signal, progress: tell(0) });
  tell(of.images.length)(0);
  const first = to.id === from.id ? second : await framesOf(engine, from, of, { signal, progress: tell(of.images.length) });
  return { from: first, to: second };
}

async function framesOf(
  engine: Engine,
  checkpoint: Checkpoint,
  { images, masks, request, store, priority }: Omit<FramesQuestion, 'from' | 'to'>,
  { signal, progress }: CallContext<number>,
): Promise<ProbeFrames | undefined> {
  if (checkpoint.gone) return await keptFrames(engine, checkpoint, { images, request, store }, signal);
  try {
    const asked = { model: checkpoint.path, store, images, masks, choice: { request, of: 'truth' }, priority } as const;
    return await engine.call('probeFrames', asked, { signal, onProgress: ({ done }) => progress(done) });
  } catch (error) {
    if (isAbort(error)) throw error;
    // Who looks at a picture is told why.
    return undefined;
  }
}

/** What is kept of a checkpoint whose files are gone: of the class of which more maps are. */
export async function keptFrames(
  engine: Engine,
  { version }: Checkpoint,
  { images, request, store }: Pick<FramesQuestion, 'images' | 'request' | 'store'>,
  signal: AbortSignal,
): Promise<ProbeFrames | undefined> {
  if (version === undefined) return undefined;
  const recalled = async (of: ExplainedClass) =>
    (await engine.call('recall', { store, version, images, choice: { request, of } }, { signal })).frames;
  const [truth, predicted] = [await recalled('truth'), await recalled('predicted')];
  return mapsIn(predicted) > mapsIn(truth) ? predicted : truth;
}

function mapsIn(frames: ProbeFrames | undefined): number {
  return frames?.images.filter((_, row) => frameMap(frames, row) !== undefined).length ?? 0;
}
