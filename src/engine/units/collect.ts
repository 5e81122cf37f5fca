import { Catalogue } from '../../dataset/catalogue.ts';
import type { CallContext } from '../../shared/rpc.ts';
import type { CollectProgress, CollectResult, UnitCalls } from '../../shared/unitsProtocol.ts';
import type { Services } from '../services.ts';
import { type Collecting, openCollecting } from './collected.ts';
import { collectImages, type LackingLayer } from './collectImages.ts';
import { CollectingProgress } from './collectingProgress.ts';
import { DataSetImages, skippedOf } from './dataSetImages.ts';
import { exclusive } from './exclusive.ts';
import type { UnitHandler } from './handler.ts';
import type { Content } from './imagesAhead.ts';
import { OpenShard } from './openShard.ts';
import { findUnitLayer } from './unitLayer.ts';

/** Below everything that somebody looks at. */
const lowPriority = -20;

/** Goes over the images that are not collected yet, once for all layers that lack the same. */
export const collect: UnitHandler<'collect'> = async (services, params, context) =>
  await exclusive(params.store, context.signal, () => new Collector(services, params, context).run());

/** Deletes what is collected. */
export const forgetCollected: UnitHandler<'forgetCollected'> = async (services, { layer, ...of }, { signal }) => {
  const { open, store } = await openCollecting(services, of, signal);
  await exclusive(of.store, signal, async () => {
    if (layer === undefined) await store.forgetModel();
    else await store.forgetLayer(findUnitLayer(open, layer).info.name);
  });
};

/** One call of `collect`. */
class Collector {
  readonly #services: Services;
  readonly #params: UnitCalls['collect']['params'];
  readonly #context: CallContext<CollectProgress>;
  readonly #start = performance.now();
  #collected = 0;

  constructor(services: Services, params: UnitCalls['collect']['params'], context: CallContext<CollectProgress>) {
    this.#services = services;
    this.#params = params;
    this.#context = context;
  }

  async run(): Promise<CollectResult> {
    const { signal, progress } = this.#context;
    const { store: folder, images } = this.#params;
    const collecting = await openCollecting(this.#services, this.#params, signal);
    const reading = new CollectingProgress(images.length, progress);
    const catalogue = new Catalogue(folder);
    const found = await DataSetImages.look(catalogue, images, signal, () => reading.at(0));
    await catalogue.forgetOthers(images);
    const layers = await this.#layers(collecting, found.contents);
    const passes = passesOver([...found.contents.values()], layers);
    const lacking = passes.reduce((sum, pass) => sum + pass.contents.length, 0);
    await this.#collect(collecting, found, passes, new CollectingProgress(lacking, progress));
    return {
      collected: this.#collected,
      reused: found.contents.size - lacking,
      skipped: skippedOf(images, found.errors),
      ms: performance.now() - this.#start,
    };
  }

  async #layers({ open, store }: Collecting, contents: ReadonlyMap<string, Content>): Promise<LackingLayer[]> {
    const places = new Map(this.#params.layers.map((name) => findUnitLayer(open, name)).map((place) => [place.info.name, place]));
    const layers: LackingLayer[] = [];
    for (const [layer, { info, value }] of places) {
      const { units, height, width } = info;
      layers.push({ value, shard: await OpenShard.open(store, { layer, units, height, width }, contents) });
    }
    return layers;
  }

  async #collect(collecting: Collecting, images: DataSetImages, passes: readonly Pass[], progress: CollectingProgress): Promise<void> {
    const { priority = lowPriority } = this.#params;
    const { signal } = this.#context;
    const done = async (content: Content, error?: unknown) => {
      if (error === undefined) this.#collected++;
      else await images.skip(content, error);
      progress.next();
    };
    for (const { contents, layers } of passes) {
      try {
        await collectImages(this.#services, collecting, contents, layers, { priority, signal, done });
      } finally {
        // Cancelled or failed: what is counted stays.
        for (const { shard } of layers) await shard.write();
      }
    }
  }
}

/** Images that the same layers lack. */
interface Pass {
  contents: Content[];
  layers: LackingLayer[];
}

function passesOver(contents: readonly Content[], layers: readonly LackingLayer[]): Pass[] {
  const passes = new Map<string, Pass>();
  for (const content of contents) {
    const lacking = layers.filter(({ shard }) => !shard.hashes.has(content.hash));
    if (lacking.length === 0) continue;
    const key = lacking.map(({ shard }) => shard.of.layer).join('\n');
    const pass = passes.get(key) ?? { contents: [], layers: lacking };
    pass.contents.push(content);
    passes.set(key, pass);
  }
  return [...passes.values()];
}
