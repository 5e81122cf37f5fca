import type { CallContext, Handlers } from '../../shared/rpc.ts';
import type { SharedJobs } from '../../shared/sharedJobs.ts';
import type { OfPanel, UnitCalls, UnitPatches, UnitsPageCalls } from '../../shared/unitsProtocol.ts';
import type { KnownImages } from '../datasets/knownImages.ts';
import type { EngineClient } from '../engineClient.ts';

type Forwarded = Exclude<keyof UnitCalls, 'visualisers'>;

/** What a page's calls are about. */
export interface UnitsSide {
  model: string;
  /** Folder of what is collected. */
  store: string;
  /** Of the data set. */
  images: readonly string[];
}

type Added = readonly (keyof UnitsSide)[];

/** What the host knows and a page need not say. */
const added: Readonly<Record<Forwarded, Added>> = {
  unitLayers: ['model'],
  unitWall: ['model'],
  unitMaps: ['model'],
  collect: ['model', 'store', 'images'],
  collected: ['model', 'store', 'images'],
  forgetCollected: ['model', 'store'],
  layerUnits: ['model', 'store'],
  topPatches: ['model', 'store'],
  projections: ['model'],
  unitSummary: ['model', 'store'],
  unitClasses: ['model', 'store'],
  filters: ['model'],
  visualise: ['model'],
};

/** Calls each of whose reports is a part of the result. */
const told = new Set<Forwarded>(['unitMaps', 'topPatches', 'projections', 'visualise']);

interface Serving {
  engine: Pick<EngineClient, 'call'>;
  jobs: SharedJobs;
  known: KnownImages;
  /** Throws 'cancelled' for a generation that is no longer shown. */
  side(generation: number): Promise<UnitsSide>;
  /** Told of work that takes long, from its start to its end. */
  during<T>(call: Forwarded, work: Promise<T>): Promise<T>;
}

/**
 * Calls of a page that the engine answers. Each piece of work runs once: a page that was hidden finds what it had asked for
 * still running when it is back, with all that it reported.
 */
export function unitEngineCalls({ engine, jobs, known, side, during }: Serving): Pick<Handlers<UnitsPageCalls>, Forwarded> {
  const handler =
    (call: Forwarded) =>
    async ({ generation, ...asked }: OfPanel, context: CallContext<unknown>): Promise<unknown> => {
      const all = await side(generation);
      for (const image of imagesIn(asked)) known.expect(image);
      const own = Object.fromEntries(added[call].map((name) => [name, all[name]]));
      const params = { ...asked, ...own } as never;
      const work = ({ signal, progress }: CallContext<unknown>) => {
        const onProgress = (value: unknown) => {
          if (call === 'topPatches') known.add(imagesOf(value as UnitPatches));
          progress(value);
        };
        return during(call, engine.call(call, params, { signal, onProgress }));
      };
      const result = await jobs.run(`${call} ${JSON.stringify(asked)}`, context, work, told.has(call) ? 'all' : 'last');
      if (call === 'topPatches') for (const each of result as readonly UnitPatches[]) known.add(imagesOf(each));
      return result;
    };
  return Object.fromEntries((Object.keys(added) as Forwarded[]).map((call) => [call, handler(call)])) as never;
}

/** What was collected before may be of images that are no longer of the data set. */
function imagesOf({ patches }: UnitPatches): string[] {
  return patches.map(({ image }) => image.path);
}

/** The images that a call names. */
function imagesIn(asked: object): unknown[] {
  const { image, images, at } = asked as Record<string, unknown>;
  const placed = Array.isArray(at) ? at.map((each) => (each as { image?: unknown } | null)?.image) : [];
  return [...(image === undefined ? [] : [image]), ...(Array.isArray(images) ? images : []), ...placed];
}
