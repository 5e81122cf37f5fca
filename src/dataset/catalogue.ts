import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileBounded, replaceFile } from '../formats/file.ts';
import { type ErrorRecord, isAbort, ModelError, throwIfAborted, toErrorRecord } from '../shared/errors.ts';

const version = 1;
const maxBytes = 2 ** 28;
const maxImageBytes = 2 ** 28;
/** Files looked at side by side. */
const atOnce = 8;

/** What is known of a file as long as size, time of change and inode are these. */
interface Known {
  size: number;
  time: number;
  inode: number;
  hash: string;
  /** It cannot be decoded. */
  error?: ErrorRecord;
}

/** A file of the data set: its content's SHA-256, hex, or why it cannot be read. */
export type Looked = { path: string; hash: string } | { path: string; error: ErrorRecord };

/** Which content each file of a data set has, so that files that did not change are not read again. */
export class Catalogue {
  /** In the store's folder. */
  static readonly fileName = 'catalogue.json';
  readonly #folder: string;
  readonly #known: Map<string, Known>;
  #paths: Map<string, string> | undefined;
  #changed = false;

  private constructor(folder: string, known: Map<string, Known>) {
    this.#folder = folder;
    this.#known = known;
  }

  /** Empty where there is none, or a damaged one: then all files are read again. */
  static async open(folder: string): Promise<Catalogue> {
    try {
      const bytes = await readFileBounded(join(folder, Catalogue.fileName), { what: 'catalogue', maxBytes });
      const { version: written, files } = JSON.parse(bytes.toString()) as { version: number; files: [string, Known][] };
      const valid =
        written === version && files.every(([path, { size, time, hash }]) => typeof path === 'string' && size + time >= 0 && hash !== '');
      return new Catalogue(folder, new Map(valid ? files : []));
    } catch {
      return new Catalogue(folder, new Map());
    }
  }

  /** Throws ModelError('file-missing') where it cannot be written. */
  async save(): Promise<void> {
    if (!this.#changed) return;
    // What keeps the folder from being made keeps the file from being written: that names it.
    await mkdir(this.#folder, { recursive: true }).catch(() => {});
    await replaceFile(join(this.#folder, Catalogue.fileName), JSON.stringify({ version, files: [...this.#known] }), 'catalogue');
    this.#changed = false;
  }

  /** A file that has a content. */
  pathOf(hash: string): string | undefined {
    this.#paths ??= new Map([...this.#known].reverse().map(([path, known]) => [known.hash, path]));
    return this.#paths.get(hash);
  }

  /** What is known of a file as it is now; undefined: it is new, changed or gone. Reads nothing. */
  async recall(path: string): Promise<Looked | undefined> {
    const known = this.#known.get(path);
    const now = known && (await stat(path).catch(() => undefined));
    if (!known || now?.size !== known.size || now.mtimeMs !== known.time || now.ino !== known.inode) return undefined;
    return known.error ? { path, error: known.error } : { path, hash: known.hash };
  }

  /** The files' contents, in their order; those that are new or changed are read. What is known of other files is forgotten. */
  async look(paths: readonly string[], signal: AbortSignal, looked: (count: number) => void = () => {}): Promise<Looked[]> {
    const found: Looked[] = [];
    for (let from = 0; from < paths.length; from += atOnce) {
      throwIfAborted(signal);
      found.push(...(await Promise.all(paths.slice(from, from + atOnce).map((path) => this.#lookAt(path)))));
      looked(found.length);
    }
    const wanted = new Set(paths);
    for (const path of this.#known.keys()) if (!wanted.has(path)) this.#set(path, undefined);
    return found;
  }

  async #lookAt(path: string): Promise<Looked> {
    const known = await this.recall(path);
    if (known) return known;
    try {
      // Before it is read: what changes meanwhile is read again next time.
      const { size, mtimeMs: time, ino: inode } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0, ino: 0 }));
      const hash = createHash('sha256')
        .update(await readFileBounded(path, { what: 'image', maxBytes: maxImageBytes }))
        .digest('hex');
      this.#set(path, { size, time, inode, hash });
      return { path, hash };
    } catch (error) {
      if (isAbort(error) || !(error instanceof ModelError)) throw error;
      this.#set(path, undefined);
      return { path, error: toErrorRecord(error) };
    }
  }

  /** A content cannot be decoded: its files are not tried again until they change. Returns them. */
  refuse(hash: string, error: ErrorRecord): string[] {
    const files = [...this.#known].filter(([, known]) => known.hash === hash);
    for (const [path, known] of files) this.#set(path, { ...known, error });
    return files.map(([path]) => path);
  }

  /** The file turned out to have another content than was known: it changed meanwhile, and is read again next time. */
  forget(path: string): void {
    this.#set(path, undefined);
  }

  #set(path: string, known: Known | undefined): void {
    if (known) this.#known.set(path, known);
    else this.#known.delete(path);
    this.#changed = true;
    this.#paths = undefined;
  }
}
