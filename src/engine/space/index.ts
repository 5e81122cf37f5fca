import { Catalogue, type Looked } from '../../dataset/catalogue.ts';
import { dropUnused } from '../../dataset/forget.ts';
import type { IndexedImage } from '../../dataset/indexedImage.ts';
import { thumbnailJpeg } from '../../image/thumbnail.ts';
import type { ErrorRecord } from '../../shared/errors.ts';
import type { CallContext } from '../../shared/rpc.ts';
import type { IndexProgress, IndexResult, SpaceCalls } from '../../shared/spaceProtocol.ts';
import type { Services } from '../services.ts';
import { batchSize } from '../stream.ts';
import { CollectingProgress } from '../units/collectingProgress.ts';
import { DataSetImages, skippedOf } from '../units/dataSetImages.ts';
import { exclusive } from '../units/exclusive.ts';
import { feedImages } from '../units/feedImages.ts';
import type { Content } from '../units/imagesAhead.ts';
import type { SpaceHandler } from './handler.ts';
import { keptPixels, runFeatures } from './imageFeatures.ts';
import { type OpenIndex, openIndex } from './openIndex.ts';

/** Below everything that somebody looks at. */
const lowPriority = -20;
/** What was indexed is written at such intervals, ms, or after each batch where that takes longer: no more is lost. */
const writeEvery = 500;

/** Files that are read, to know their contents, before the network goes over them: so that it begins soon. */
const filesAtOnce = 512;

/** Goes over the images that are not indexed yet. */
export const index: SpaceHandler<'index'> = async (services, params, context) =>
  await exclusive(turnsOf(params.store), context.signal, () => new Indexer(services, params, context).run());

/** Under which name those who index into a store take turns: who collects units does not wait for them. */
export function turnsOf(store: string): string {
  return `${store}\nindex`;
}

/** One call of `index`. */
class Indexer {
  readonly #services: Services;
  readonly #params: SpaceCalls['index']['params'];
  readonly #context: CallContext<IndexProgress>;
  readonly #start = performance.now();
  /** Made, but not yet written. */
  #waiting: { content: Content; image: IndexedImage }[] = [];
  /** When it was last written, ms: the first batch is at once, so that there is progress to see. */
  #written = Number.NEGATIVE_INFINITY;
  #indexed = 0;
  /** Contents that were indexed before. */
  readonly #reused = new Set<string>();
  /** Those that the network went over, or could not. */
  readonly #tried = new Set<string>();
  readonly #errors = new Map<string, ErrorRecord>();

  constructor(services: Services, params: SpaceCalls['index']['params'], context: CallContext<IndexProgress>) {
    this.#services = services;
    this.#params = params;
    this.#context = context;
  }

  async run(): Promise<IndexResult> {
    const { signal } = this.#context;
    const { store, images } = this.#params;
    const index = await openIndex(this.#services, this.#params, signal);
    const catalogue = new Catalogue(store);
    const files = [...new Set(images)];
    const known = await index.store.indexed(index.layer.name, signal);
    const lacking = this.#lacking(files, await catalogue.recallAll(files, signal), known);
    const progress = new CollectingProgress(lacking.length, this.#context.progress);
    progress.at(0);
    for (let from = 0; from < lacking.length; from += filesAtOnce) {
      const some = lacking.slice(from, from + filesAtOnce);
      await this.#indexFiles(index, await DataSetImages.look(catalogue, some, signal), known, progress);
      progress.at(from + some.length);
    }
    await catalogue.forgetOthers(files);
    await dropUnused(store, Date.now());
    await index.store.checkpoint();
    return {
      indexed: this.#indexed,
      reused: this.#reused.size,
      skipped: skippedOf(images, this.#errors),
      ms: performance.now() - this.#start,
    };
  }

  /** Files that are new, changed, or have a content that is not indexed. Those that are known to be unreadable are not tried again. */
  #lacking(files: readonly string[], recalled: readonly (Looked | undefined)[], known: ReadonlyMap<string, number>): string[] {
    return files.filter((path, i) => {
      const file = recalled[i];
      if (!file) return true;
      if ('error' in file) this.#errors.set(path, file.error);
      else if (known.has(file.hash)) this.#reused.add(file.hash);
      return 'hash' in file && !known.has(file.hash);
    });
  }

  /** Files that were read just now: a renamed one, or one like another, is indexed already. */
  async #indexFiles(
    index: OpenIndex,
    found: DataSetImages,
    known: ReadonlyMap<string, number>,
    progress: CollectingProgress,
  ): Promise<void> {
    const missing: Content[] = [];
    for (const content of found.contents.values()) {
      if (known.has(content.hash)) this.#reused.add(content.hash);
      else if (!this.#tried.has(content.hash)) missing.push(content);
      this.#tried.add(content.hash);
    }
    await this.#index(index, found, missing, progress);
    for (const [path, error] of found.errors) this.#errors.set(path, error);
  }

  async #index(index: OpenIndex, found: DataSetImages, missing: readonly Content[], progress: CollectingProgress): Promise<void> {
    const { priority = lowPriority } = this.#params;
    const { signal } = this.#context;
    const { input } = index.open.model;
    const shown = await index.store.withThumbnail(
      missing.map(({ hash }) => hash),
      signal,
    );
    const write = () => this.#write(index, progress);
    try {
      await feedImages(index, missing, {
        most: batchSize(index.open.model, input.channels * input.height * input.width * Float32Array.BYTES_PER_ELEMENT),
        make: async (image, tensor) => ({
          pixels: keptPixels(tensor, index),
          thumbnail: shown.has(image.hash) ? undefined : await thumbnailJpeg(image),
        }),
        run: async ({ tensor, contents, made }) => {
          const features = await runFeatures(
            this.#services,
            index,
            { tensor, paths: contents.map(({ path }) => path) },
            { priority, signal },
          );
          contents.forEach((content, i) => {
            const image = { hash: content.hash, ...features[i], ...made[i] } as IndexedImage;
            this.#waiting.push({ content, image });
          });
          if (performance.now() > this.#written + writeEvery) await write();
        },
        done: async (content, error) => {
          if (error === undefined) return;
          await found.skip(content, error);
          progress.next();
        },
        signal,
      });
    } finally {
      // Cancelled or failed: what is made stays.
      await write();
    }
  }

  /** What progress tells of is on disk. */
  async #write(index: OpenIndex, progress: CollectingProgress): Promise<void> {
    const made = this.#waiting;
    this.#waiting = [];
    if (made.length > 0)
      await index.store.add(
        index.layer.name,
        made.map(({ image }) => image),
      );
    this.#written = performance.now();
    this.#indexed += made.length;
    for (const _ of made) progress.next();
  }
}
