import { basename } from 'node:path';
import { Catalogue } from '../../dataset/catalogue.ts';
import { type ErrorCode, type ErrorRecord, ModelError, toErrorRecord } from '../../shared/errors.ts';
import type { ImageRef } from '../../shared/unitsProtocol.ts';
import type { Content } from './imagesAhead.ts';

/** What tells of the file itself, and stays as long as the file does. */
const lasting: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['file-corrupt', 'file-too-large', 'format-unknown', 'unsupported']);
/** What may be otherwise the next time. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['file-missing', 'file-changed']);

/** The images of a data set, for work that goes over them: each content once, and those that cannot be read. */
export class DataSetImages {
  /** By hash, in the order of the files. */
  readonly contents: ReadonlyMap<string, Content>;
  readonly #catalogue: Catalogue;
  readonly #images: readonly string[];
  readonly #skipped: Map<string, ErrorRecord>;

  private constructor(
    catalogue: Catalogue,
    images: readonly string[],
    found: Pick<DataSetImages, 'contents'> & { skipped: Map<string, ErrorRecord> },
  ) {
    this.#catalogue = catalogue;
    this.#images = images;
    this.contents = found.contents;
    this.#skipped = found.skipped;
  }

  /** Reads the files that are new or changed. `looked`: how many are known. */
  static async look(
    store: string,
    images: readonly string[],
    signal: AbortSignal,
    looked: (count: number) => void,
  ): Promise<DataSetImages> {
    const catalogue = new Catalogue(store);
    const contents = new Map<string, Content>();
    const skipped = new Map<string, ErrorRecord>();
    for (const file of await catalogue.look([...new Set(images)], signal, looked)) {
      if ('error' in file) skipped.set(file.path, file.error);
      else if (!contents.has(file.hash)) contents.set(file.hash, file);
    }
    return new DataSetImages(catalogue, images, { contents, skipped });
  }

  /** A content cannot be read: remembered if it tells of the file. What is wrong with the machine or the model is thrown again. */
  async skip({ hash, path }: Content, error: unknown): Promise<void> {
    if (!(error instanceof ModelError) || !(lasting.has(error.code) || passing.has(error.code))) throw error;
    const record = toErrorRecord(error);
    // One that is being written now says nothing of the content that was there.
    const same = (await this.#catalogue.recall(path)) !== undefined;
    const files = same && lasting.has(error.code) ? await this.#catalogue.refuse(hash, record) : [path];
    if (!same || error.code === 'file-changed') await this.#catalogue.forget(path);
    for (const file of files) this.#skipped.set(file, record);
  }

  /** In the order of the files. */
  get skipped(): { image: ImageRef; error: ErrorRecord }[] {
    return this.#images.flatMap((path) => {
      const error = this.#skipped.get(path);
      return error ? [{ image: { path, name: basename(path) }, error }] : [];
    });
  }
}
