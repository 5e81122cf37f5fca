import type { CallContext, Handlers } from '../../shared/rpc.ts';
import type { SharedJobs } from '../../shared/sharedJobs.ts';
import type { SpaceCalls, SpacePageCalls, SpaceRows } from '../../shared/spaceProtocol.ts';
import type { KnownImages } from '../datasets/knownImages.ts';
import type { EngineClient } from '../engineClient.ts';
import type { Indexer } from './indexer.ts';

type Forwarded = 'featureLayers' | 'rows' | 'thumbnails' | 'neighbours' | 'agreement' | 'layout' | 'stopLayout' | 'pair';
type Indexings = 'indexed' | 'startIndexing' | 'pauseIndexing' | 'cancelIndexing';

/** What a page's calls are about. */
export interface SpaceSide {
  /** Absolute path. */
  model: string;
  /** Folder that what is kept of the data set is in. */
  store: string;
  /** Of the data set. */
  images: readonly string[];
  /** Folders of the data set. */
  roots: readonly string[];
  labelFile?: string;
}

/** What the host knows and a page need not say. */
const added: Readonly<Record<Forwarded, readonly (keyof SpaceSide)[]>> = {
  featureLayers: ['model'],
  rows: ['model', 'store', 'images', 'roots', 'labelFile'],
  thumbnails: ['store'],
  neighbours: [],
  agreement: [],
  layout: [],
  stopLayout: [],
  pair: ['model'],
};

/** Maps of a contact sheet come after what is looked at alone. */
const sheetPriority = -1;

interface Serving {
  engine: Pick<EngineClient, 'call'>;
  indexer: Indexer;
  jobs: SharedJobs;
  known: KnownImages;
  /** Throws 'cancelled' for a generation that is no longer shown. */
  side(generation: number): Promise<SpaceSide>;
  /** Told of work that takes long, from its start to its end. */
  during<T>(call: Forwarded, work: Promise<T>): Promise<T>;
  /** Told of rows that a page was given. */
  gave(rows: SpaceRows): void;
}

/**
 * Calls of a page that the engine answers. Each piece of work runs once: a page that was hidden finds what it had asked for
 * still running when it is back.
 */
export function spaceEngineCalls(serving: Serving): Pick<Handlers<SpacePageCalls>, Forwarded | Indexings | 'explain'> {
  return { ...forwarded(serving), ...indexings(serving), explain: explain(serving) };
}

function forwarded({ engine, jobs, known, side, during, gave }: Serving): Pick<Handlers<SpacePageCalls>, Forwarded> {
  const handler =
    (call: Forwarded) =>
    async ({ generation, ...asked }: { generation: number }, context: CallContext<unknown>): Promise<unknown> => {
      const all = await side(generation);
      for (const image of imagesIn(asked)) known.expect(image);
      const own = added[call].filter((name) => all[name] !== undefined).map((name) => [name, all[name]]);
      const params = { ...asked, ...Object.fromEntries(own) } as never;
      const result = await jobs.run(`${call} ${JSON.stringify(asked)}`, context, ({ signal, progress }) =>
        during(call, engine.call(call, params, { signal, onProgress: progress as never })),
      );
      if (call === 'rows') gave(result as SpaceRows);
      return result;
    };
  return Object.fromEntries((Object.keys(added) as Forwarded[]).map((call) => [call, handler(call)])) as never;
}

function indexings({ engine, indexer, jobs, side }: Serving): Pick<Handlers<SpacePageCalls>, Indexings> {
  const workOf = async ({ generation, layer }: { generation: number; layer: string }) => {
    const { model, store, images } = await side(generation);
    return { model, store, images, layer };
  };
  return {
    indexed: async (asked, context) => {
      const work = await workOf(asked);
      const state = await jobs.run(`indexed ${asked.layer}`, context, ({ signal }) => engine.call('indexed', work, { signal }));
      indexer.look(work, state);
      return { state, indexing: indexer.of(work) };
    },
    startIndexing: async (asked) => indexer.start(await workOf(asked)),
    pauseIndexing: async ({ generation }) => indexer.pause(await side(generation)),
    cancelIndexing: async ({ generation }) => indexer.cancel(await side(generation)),
  };
}

function explain({ engine, jobs, known, side }: Serving): Handlers<SpacePageCalls>['explain'] {
  return async ({ generation, image, request }, context) => {
    const { model } = await side(generation);
    const of: SpaceCalls['picture']['params'] = { model, image: known.expect(image), priority: sheetPriority };
    return await jobs.run(`explain ${JSON.stringify([image, request])}`, context, async ({ signal, progress }) => {
      const [map, picture] = await Promise.all([
        engine.call('explain', { ...of, request }, { signal, onProgress: progress }),
        engine.call('picture', of, { signal }),
      ]);
      return { map, picture };
    });
  };
}

/** The images that a call names. */
function imagesIn(asked: object): unknown[] {
  const { image, other, images } = asked as Record<string, unknown>;
  return [...[image, other].filter((each) => each !== undefined), ...(Array.isArray(images) ? images : [])];
}
