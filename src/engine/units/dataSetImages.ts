import { basename } from 'node:path';
import type { Catalogue, Looked } from '../../dataset/catalogue.ts';
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
  /** Hashes of the files, by path. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Why files cannot be read, by path. */
  readonly errors = new Map<string, ErrorRecord>();
  readonly #catalogue: Catalogue;

  private constructor(catalogue: Catalogue, files: readonly Looked[]) {
    this.#catalogue = catalogue;
    const [contents, hashes] = [new Map<string, Content>(), new Map<string, string>()];
    for (const file of files) {
      if ('error' in file) this.errors.set(file.path, file.error);
      else {
        hashes.set(file.path, file.hash);
        if (!contents.has(file.hash)) contents.set(file.hash, file);
      }
    }
    this.contents = contents;
    this.hashes = hashes;
  }

  /** Reads the files that are new or changed. `looked`: how many are known. */
  static async look(
    catalogue: Catalogue,
    images: readonly string[],
    signal: AbortSignal,
    looked: (count: number) => void = () => {},
  ): Promise<DataSetImages> {
    return new DataSetImages(catalogue, await catalogue.look([...new Set(images)], signal, looked));
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
