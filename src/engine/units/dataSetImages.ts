import { basename } from 'node:path';
import type { Catalogue } from '../../dataset/catalogue.ts';
import { type ErrorCode, type ErrorRecord, ModelError, toErrorRecord } from '../../shared/errors.ts';
import type { ImageRef } from '../../shared/unitsProtocol.ts';
import type { Content } from './imagesAhead.ts';

/** What tells of the file itself, and stays as long as the file does. */
const lasting: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['file-corrupt', 'file-too-large', 'format-unknown', 'unsupported']);
/** What may be otherwise the next time. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['file-missing', 'file-changed']);

/** Images of a data set, for work that goes over them: each content once, and those that cannot be read. */
export class DataSetImages {
  /** By hash, in the order of the files. */
  readonly contents: ReadonlyMap<string, Content>;
  /** Why files cannot be read, by path. */
  readonly errors: Map<string, ErrorRecord>;
  readonly #catalogue: Catalogue;

  private constructor(catalogue: Catalogue, contents: ReadonlyMap<string, Content>, errors: Map<string, ErrorRecord>) {
    this.#catalogue = catalogue;
    this.contents = contents;
    this.errors = errors;
  }

  /** Reads the files that are new or changed. `looked`: how many are known. */
  static async look(
    catalogue: Catalogue,
    images: readonly string[],
    signal: AbortSignal,
    looked: (count: number) => void = () => {},
  ): Promise<DataSetImages> {
    const contents = new Map<string, Content>();
    const errors = new Map<string, ErrorRecord>();
    for (const file of await catalogue.look([...new Set(images)], signal, looked)) {
      if ('error' in file) errors.set(file.path, file.error);
      else if (!contents.has(file.hash)) contents.set(file.hash, file);
    }
    return new DataSetImages(catalogue, contents, errors);
  }

  /** A content cannot be read: remembered if it tells of the file. What is wrong with the machine or the model is thrown again. */
  async skip({ hash, path }: Content, error: unknown): Promise<void> {
    if (!(error instanceof ModelError) || !(lasting.has(error.code) || passing.has(error.code))) throw error;
    const record = toErrorRecord(error);
    // One that is being written now says nothing of the content that was there.
    const same = (await this.#catalogue.recall(path)) !== undefined;
    const files = same && lasting.has(error.code) ? await this.#catalogue.refuse(hash, record) : [path];
    if (!same || error.code === 'file-changed') await this.#catalogue.forget(path);
    for (const file of files) this.errors.set(file, record);
  }
}

/** The images that cannot be read, in their order. */
export function skippedOf(images: readonly string[], errors: ReadonlyMap<string, ErrorRecord>): { image: ImageRef; error: ErrorRecord }[] {
  return images.flatMap((path) => {
    const error = errors.get(path);
    return error ? [{ image: { path, name: basename(path) }, error }] : [];
  });
}
