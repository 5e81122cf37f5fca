import { reducedTo } from '../../../shared/blockMeans.ts';
import { isAbort, ModelError } from '../../../shared/errors.ts';
import type { CallContext, Handlers } from '../../../shared/rpc.ts';
import type { SharedJobs } from '../../../shared/sharedJobs.ts';
import type { ComparisonPageCalls, ComparisonResults, MapChoice, ProbeMapRequest } from '../../../shared/trainingProtocol.ts';
import type { RgbPixels } from '../../../shared/unitsProtocol.ts';
import type { EngineClient } from '../../engineClient.ts';
import { type MaskFolders, masksOf } from '../desk/masksOf.ts';
import type { ComparedSide } from './comparedClasses.ts';
import { explainBoth, type MappedSide } from './comparedMaps.ts';
import { framesOfBoth, keptFrames } from './framesOfBoth.ts';

/** What a person looks at comes before what is drawn in passing, and that before what goes on by itself. */
const [shown, passing] = [1, 0];
/** Longest side of a small picture, pixels. */
const thumbnailSide = 128;

/** What the calls of a page are about. */
export interface ComparedNow {
  from: ComparedSide;
  to: ComparedSide;
  results: ComparisonResults;
  choice: MapChoice;
  /** Folder that results are kept in. */
  store: string;
  /** Probes. */
  images: readonly string[];
  /** A checkpoint whose files are there: it says how pictures are fed. */
  newest: string | undefined;
}

interface Serving {
  engine: Pick<EngineClient, 'call'>;
  jobs: SharedJobs;
  /** Throws 'cancelled' for a generation that is no longer shown. */
  now(generation: number): ComparedNow;
  maskFolders(): MaskFolders;
}

/** Calls of a page about two checkpoints that the engine answers. */
export function comparisonCalls({
  engine,
  jobs,
  now,
  maskFolders,
}: Serving): Pick<Handlers<ComparisonPageCalls>, 'drift' | 'thumbnails' | 'explainBoth' | 'framesOfBoth'> {
  return {
    drift: async ({ generation }, context) => {
      const { from, to, store } = now(generation);
      const [before, after] = [from, to].map(({ checkpoint }) => checkpoint.version);
      if (before === undefined || after === undefined) throw new ModelError('stale', 'One of the two checkpoints is not read yet.');
      return await jobs.run('drift', context, ({ signal }) => engine.call('drift', { store, from: before, to: after }, { signal }));
    },
    thumbnails: async ({ generation, images }, context) => {
      const of = now(generation);
      for (const image of images) expectKnown(of, image);
      const models = [of.to, of.from].flatMap(({ checkpoint }) => (checkpoint.gone ? [] : [checkpoint.path]));
      const model = models[0] ?? of.newest;
      if (model === undefined) return images.map(() => undefined);
      return await Promise.all(images.map((image) => thumbnail(engine, model, image, context)));
    },
    explainBoth: async ({ generation, image, class: index, request, background }, context) => {
      const of = now(generation);
      expectKnown(of, image);
      const { choice, store } = of;
      const masks = await masksOf([image], maskFolders());
      const priority = background ? passing : shown;
      const asked = { image, class: index, request: request ?? choice.request, masks, store, priority };
      return await jobs.run(`both ${JSON.stringify([image, index, asked.request])}`, context, async ({ signal, progress }) => {
        const [from, to] = await Promise.all([of.from, of.to].map((side) => mapped(engine, side, of, asked, signal)));
        return await explainBoth(engine, { ...asked, from: from as MappedSide, to: to as MappedSide }, signal, (done) =>
          progress({ done }),
        );
      });
    },
    framesOfBoth: async ({ generation, request }, context) => {
      const { from, to, images, store } = now(generation);
      const masks = await masksOf(images, maskFolders());
      const asked = { from: from.checkpoint, to: to.checkpoint, images, masks, request, store, priority: passing };
      return await jobs.run(`frames ${JSON.stringify(request)}`, context, (of) => framesOfBoth(engine, asked, of));
    },
  };
}

/** What was read of a side's probes is of the training view's maps; of others there is what the store keeps, where the files are gone. */
async function mapped(
  engine: Serving['engine'],
  side: ComparedSide,
  { choice, store }: ComparedNow,
  { image, request }: { image: string; request: ProbeMapRequest },
  signal: AbortSignal,
): Promise<MappedSide> {
  if (JSON.stringify(request) === JSON.stringify(choice.request)) return { ...side, maps: side.frames };
  const { checkpoint } = side;
  const maps = checkpoint.gone ? await keptFrames(engine, checkpoint, { images: [image], request, store }, signal) : undefined;
  return { ...side, maps };
}

/** A page may name probes, and images of the data set that was evaluated. Throws for others. */
export function expectKnown({ images, results: { wholes } }: Pick<ComparedNow, 'images' | 'results'>, image: unknown): string {
  const lists = [images, wholes.to?.images ?? [], wholes.from?.images ?? []];
  if (typeof image === 'string' && lists.some((list) => list.includes(image))) return image;
  throw new ModelError('input', `The picture '${image}' is none of this comparison.`, { hint: 'Choose the picture again.' });
}

async function thumbnail(
  engine: Serving['engine'],
  model: string,
  image: string,
  { signal }: CallContext<unknown>,
): Promise<RgbPixels | undefined> {
  try {
    return reducedTo(await engine.call('picture', { model, image, priority: passing }, { signal }), thumbnailSide);
  } catch (error) {
    if (isAbort(error)) throw error;
    return undefined;
  }
}
