import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { readFileBounded } from '../formats/file.ts';
import { type ErrorRecord, isAbort, ModelError, throwIfAborted, toErrorRecord } from '../shared/errors.ts';
import { type Connection, Database } from './database.ts';

const maxImageBytes = 2 ** 28;
/** Files looked at side by side; read side by side. */
const statsAtOnce = 256;
const readsAtOnce = 8;
/** What was read is written at such intervals, ms. */
const writeEvery = 1_000;
/** Longest text of an error that is read. */
const maxError = 8_192;

/** A file's state when it was read: as long as these are the same, so is its content. */
interface Stamp {
  size: number;
  time: number;
  inode: number;
}

/** A file of the data set: its content's SHA-256, hex, or why it cannot be read. */
export type Looked = { path: string; hash: string } | { path: string; error: ErrorRecord };

type Read = Stamp & { path: string; hash: string };

/** Which content each file of a data set has, so that files that did not change are not read again. In the database of the folder. */
export class Catalogue {
  readonly #database: Database;
  /** Read, but not yet written. */
  #waiting: Read[] = [];
  /** No longer to be read. */
  #lost: string[] = [];
  #written = performance.now();

  constructor(folder: string) {
    this.#database = new Database(folder);
  }

  /** Another number means that files, or their contents, are others. */
  async revision(): Promise<string> {
    return await this.#database.read((db) => `${db.identity}:${db.value<number>('SELECT files FROM changes')}`);
  }

  /** A file of each content, by hash. */
  async paths(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#database.read((db) =>
      db.all<{ path: string; hash: Buffer }>('SELECT path, hash FROM files JOIN contents ON contents.id = content ORDER BY path DESC'),
    );
    return new Map(rows.map(({ path, hash }) => [hash.toString('hex'), path]));
  }

  /** What is known of a file as it is now; undefined: it is new, changed or gone. Reads nothing. */
  async recall(path: string): Promise<Looked | undefined> {
    const [known] = await this.recallAll([path], new AbortController().signal);
    return known;
  }

  /** The same of many files, in their order. */
  async recallAll(paths: readonly string[], signal: AbortSignal): Promise<(Looked | undefined)[]> {
    const found: (Looked | undefined)[] = [];
    for (let from = 0; from < paths.length; from += statsAtOnce) {
      throwIfAborted(signal);
      const some = paths.slice(from, from + statsAtOnce);
      const stamps = await Promise.all(some.map(stampOf));
      const known = await this.#database.read((db) => some.map((path) => knownOf(db, path)));
      for (const [i, path] of some.entries()) found.push(unchanged(path, known[i], stamps[i]));
    }
    return found;
  }

  /**
   * The files' contents, in their order; those that are new or changed are read, and what is read is kept, even if this is cancelled.
   */
  async look(paths: readonly string[], signal: AbortSignal, looked: (count: number) => void = () => {}): Promise<Looked[]> {
    const found: Looked[] = [];
    try {
      const known = await this.recallAll(paths, signal);
      const missing = paths.flatMap((path, i) => (known[i] ? [] : [{ path, i }]));
      looked(paths.length - missing.length);
      for (let from = 0; from < missing.length; from += readsAtOnce) {
        throwIfAborted(signal);
        const some = missing.slice(from, from + readsAtOnce);
        const read = await Promise.all(some.map(({ path }) => this.#read(path)));
        for (const [at, { i }] of some.entries()) known[i] = read[at];
        if (performance.now() > this.#written + writeEvery) await this.#write();
        looked(paths.length - missing.length + from + some.length);
      }
      found.push(...(known as Looked[]));
    } finally {
      await this.#write();
    }
    // A content that another file had may be known to be unreadable.
    const errors = await this.#errors();
    return found.map((file) => {
      const error = 'hash' in file ? errors.get(file.hash) : undefined;
      return error ? { path: file.path, error } : file;
    });
  }

  async #read(path: string): Promise<Looked> {
    try {
      // Before it is read: what changes meanwhile is read again next time.
      const stamp = (await stampOf(path)) ?? { size: 0, time: 0, inode: 0 };
      const hash = createHash('sha256')
        .update(await readFileBounded(path, { what: 'image', maxBytes: maxImageBytes }))
        .digest('hex');
      this.#waiting.push({ path, ...stamp, hash });
      return { path, hash };
    } catch (error) {
      if (isAbort(error) || !(error instanceof ModelError)) throw error;
      this.#lost.push(path);
      return { path, error: toErrorRecord(error) };
    }
  }

  async #write(): Promise<void> {
    const [read, lost] = [this.#waiting, this.#lost];
    this.#waiting = [];
    this.#lost = [];
    this.#written = performance.now();
    if (read.length + lost.length === 0) return;
    await this.#database.write((db) => {
      for (const path of lost) db.run('DELETE FROM files WHERE path = ?', path);
      for (const { path, size, time, inode, hash } of read) {
        const content = contentOf(db, hash);
        db.run('INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)', path, size, time, inode, content);
      }
      changed(db);
    });
  }

  /**
   * What is known of files but these is forgotten: they are the data set now. Contents that no file has any more are marked: a file may
   * be back soon, under another name.
   */
  async forgetOthers(paths: readonly string[]): Promise<void> {
    const wanted = new Set(paths);
    const known = await this.#database.read((db) => db.column<string>('SELECT path FROM files'));
    const others = known.filter((path) => !wanted.has(path));
    await this.#database.write((db) => {
      for (const path of others) db.run('DELETE FROM files WHERE path = ?', path);
      if (others.length > 0) changed(db);
      db.run('UPDATE contents SET orphaned = NULL WHERE orphaned NOT NULL AND id IN (SELECT content FROM files)');
      db.run('UPDATE contents SET orphaned = ? WHERE orphaned IS NULL AND id NOT IN (SELECT content FROM files)', Date.now());
    });
  }

  async #errors(): Promise<ReadonlyMap<string, ErrorRecord>> {
    const rows = await this.#database.read((db) =>
      db.all<{ hash: Buffer; error: string }>('SELECT hash, substr(error, 1, ?) AS error FROM contents WHERE error NOT NULL', maxError),
    );
    return new Map(
      rows.flatMap(({ hash, error }) => {
        const record = parsed(error);
        return record ? [[hash.toString('hex'), record]] : [];
      }),
    );
  }

  /** A content cannot be decoded: its files are not tried again until they change. Returns them. */
  async refuse(hash: string, error: ErrorRecord): Promise<string[]> {
    return await this.#database.write((db) => {
      const content = contentOf(db, hash);
      db.run('UPDATE contents SET error = ? WHERE id = ?', JSON.stringify(error), content);
      changed(db);
      return db.column<string>('SELECT path FROM files WHERE content = ?', content);
    });
  }

  /** The file turned out to have another content than was known: it changed meanwhile, and is read again next time. */
  async forget(path: string): Promise<void> {
    await this.#database.write((db) => {
      if (db.run('DELETE FROM files WHERE path = ?', path) > 0) changed(db);
    });
  }
}

interface Known extends Stamp {
  hash: Buffer;
  error: string | null;
}

function knownOf(db: Connection, path: string): Known | undefined {
  return db.get<Known>(
    'SELECT size, time, inode, hash, substr(error, 1, ?) AS error FROM files JOIN contents ON contents.id = content WHERE path = ?',
    maxError,
    path,
  );
}

function unchanged(path: string, known: Known | undefined, now: Stamp | undefined): Looked | undefined {
  if (!known || !now || now.size !== known.size || now.time !== known.time || now.inode !== known.inode) return undefined;
  const error = known.error === null ? undefined : parsed(known.error);
  return error ? { path, error } : { path, hash: known.hash.toString('hex') };
}

function parsed(json: string): ErrorRecord | undefined {
  try {
    return JSON.parse(json) as ErrorRecord;
  } catch {
    return undefined;
  }
}

async function stampOf(path: string): Promise<Stamp | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && { size: found.size, time: found.mtimeMs, inode: found.ino };
}

/** Number of a content, a new one where it is not known. */
export function contentOf(db: Connection, hash: string): number {
  const bytes = Buffer.from(hash, 'hex');
  const known = db.value<number>('SELECT id FROM contents WHERE hash = ?', bytes);
  if (known !== undefined) return known;
  return db.value<number>('INSERT INTO contents (hash) VALUES (?) RETURNING id', bytes) as number;
}

function changed(db: Connection): void {
  db.run('UPDATE changes SET files = files + 1');
}
