import { mkdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type Sqlite from 'better-sqlite3';
import { ModelError } from '../shared/errors.ts';
import { createSchema, datasetSchema, isCurrent, isEmpty, type Schema } from './schema.ts';

/** How long SQLite itself waits for another process, ms: the thread stands still meanwhile. */
const standstill = 50;
/** How long a write is tried again while another process writes, ms. */
const patience = 15_000;
const retryEvery = 40;
/** A file that nobody uses is closed after this time, ms: on Windows a folder with open files cannot be deleted. */
const idle = 3_000;

type Value = string | number | null | Uint8Array;

/** An open database with its prepared statements. */
export class Connection {
  readonly #db: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement>();
  users = 0;
  closing: NodeJS.Timeout | undefined;
  /** Device and inode of the file: another one may have taken its place. Undefined: it is in memory. */
  readonly identity: string | undefined;

  constructor(db: Sqlite.Database, identity: string | undefined) {
    this.#db = db;
    this.identity = identity;
  }

  get<T>(sql: string, ...values: Value[]): T | undefined {
    return this.#prepared(sql).get(...values) as T | undefined;
  }

  all<T>(sql: string, ...values: Value[]): T[] {
    return this.#prepared(sql).all(...values) as T[];
  }

  /** The first column of each row. */
  column<T>(sql: string, ...values: Value[]): T[] {
    return this.#prepared(sql, true).all(...values) as T[];
  }

  /** The first column of the first row. */
  value<T>(sql: string, ...values: Value[]): T | undefined {
    return this.#prepared(sql, true).get(...values) as T | undefined;
  }

  /** Returns how many rows changed. */
  run(sql: string, ...values: Value[]): number {
    return this.#prepared(sql).run(...values).changes;
  }

  /** All of it or nothing. */
  transaction<T>(work: () => T): T {
    return this.#db.transaction(work).immediate();
  }

  /** Gives free pages back to the disk, as many as that. */
  shrink(pages: number): void {
    this.#db.exec(`PRAGMA incremental_vacuum(${Math.floor(pages)})`);
  }

  checkpoint(): void {
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    clearTimeout(this.closing);
    this.#statements.clear();
    this.#db.close();
  }

  #prepared(sql: string, pluck = false): Sqlite.Statement {
    const key = pluck ? `pluck ${sql}` : sql;
    const known = this.#statements.get(key);
    if (known) return known;
    const prepared = this.#db.prepare(sql);
    if (pluck) prepared.pluck();
    this.#statements.set(key, prepared);
    return prepared;
  }
}

/**
 * A database in a folder, that of a data set unless another is named. It is opened when it is used and closed when it is idle. One that is damaged, foreign or of
 * another version is deleted and begun anew: all that it holds can be worked out again. Several processes may use it at once.
 */
export class Database {
  readonly file: string;
  readonly #place: Place;

  constructor(folder: string, schema: Schema = datasetSchema) {
    this.file = join(folder, schema.file);
    this.#place = { folder, file: this.file, schema };
  }

  /** Runs short work; it may run twice. Where there is no database it finds an empty one. Throws ModelError('file-missing' or 'engine'). */
  async read<T>(work: (db: Connection) => T): Promise<T> {
    return await this.#use(false, work);
  }

  /** Runs short work as one transaction, written when this returns; it may run twice. Throws ModelError('file-missing' or 'engine'). */
  async write<T>(work: (db: Connection) => T): Promise<T> {
    return await this.#use(true, (db) => db.transaction(() => work(db)));
  }

  /** Work outside a transaction; does nothing where there is no database. */
  async tidy(work: (db: Connection) => void): Promise<void> {
    await this.#use(false, (db) => {
      if (db.identity !== undefined) work(db);
    });
  }

  /** On disk. */
  async bytes(): Promise<number> {
    const sizes = await Promise.all(
      filesOf(this.file).map((file) =>
        stat(file).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return sizes.reduce((a, b) => a + b, 0);
  }

  async #use<T>(create: boolean, work: (db: Connection) => T): Promise<T> {
    const end = performance.now() + patience;
    for (let renewed = false; ; ) {
      try {
        const db = await lease(this.#place, create);
        try {
          return work(db);
        } finally {
          release(this.file, db);
        }
      } catch (error) {
        const code = sqliteCode(error);
        if (code === undefined) throw error;
        if (isBusy(code) && performance.now() < end) await pause(retryEvery);
        else if (isDamage(code) && !renewed) {
          renewed = true;
          await renew(this.#place, code);
        } else throw unusable(this.#place, code, error);
      }
    }
  }
}

/** A database on disk. */
interface Place {
  folder: string;
  file: string;
  schema: Schema;
}

/** Open ones by file. */
const connections = new Map<string, Connection>();
/** Those being opened or deleted: one after the other. */
const turns = new Map<string, Promise<unknown>>();

async function lease({ folder, file, schema }: Place, create: boolean): Promise<Connection> {
  const identity = await identityOf(file);
  const known = connections.get(file);
  if (known && identity !== undefined && known.identity === identity) return use(known);
  return await inTurn(file, async () => {
    const now = await identityOf(file);
    const open = connections.get(file);
    if (open && open.identity === now) return use(open);
    // Another file is there, or none: the store was deleted, by hand or by another window.
    drop(file);
    if (now === undefined && !create) return use(await openInMemory(schema));
    if (now === undefined) await mkdir(folder, { recursive: true }).catch(() => {});
    if (now === undefined) for (const old of schema.replaces) await unlink(join(folder, old)).catch(() => {});
    const opened = await openFile(file, schema);
    connections.set(file, opened);
    return use(opened);
  });
}

function use(db: Connection): Connection {
  clearTimeout(db.closing);
  db.users++;
  return db;
}

function release(file: string, db: Connection): void {
  db.users--;
  if (db.users > 0) return;
  if (connections.get(file) !== db) db.close();
  else db.closing = setTimeout(() => db.users === 0 && drop(file), idle).unref();
}

/** No longer used by who comes next; closed when nobody uses it. */
function drop(file: string): void {
  const db = connections.get(file);
  connections.delete(file);
  if (db?.users === 0) db.close();
}

/** Closes all databases that are open, on the way out of the process. */
function closeAll(): void {
  for (const file of [...connections.keys()]) drop(file);
}
process.once('exit', closeAll);

async function inTurn<T>(file: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(file) ?? Promise.resolve();
  const mine = before.then(work);
  const ended = mine.catch(() => {});
  turns.set(file, ended);
  ended.then(() => {
    if (turns.get(file) === ended) turns.delete(file);
  });
  return await mine;
}

async function openInMemory(schema: Schema): Promise<Connection> {
  const db = new (await loadSqlite())(':memory:');
  createSchema(db, schema);
  return new Connection(db, undefined);
}

async function openFile(file: string, schema: Schema): Promise<Connection> {
  const db = new (await loadSqlite())(file, { timeout: standstill });
  try {
    // Pages that hold a few vectors each. Both count for a new file only, and before anything is in it.
    db.pragma('page_size = 32768');
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('trusted_schema = OFF');
    // With a log, a process that is killed loses what it had not committed; where the file system has no shared memory it stays a journal.
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('cache_size = -32768');
    const create = db.transaction(() => {
      // Another process may have been faster.
      if (isEmpty(db)) createSchema(db, schema);
    });
    if (isEmpty(db)) create.immediate();
    if (!isCurrent(db, schema)) throw new Foreign();
    return new Connection(db, await identityOf(file));
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A database that is not ours, or of another version. */
class Foreign extends Error {
  readonly code = foreign;
}
const foreign = 'SQLITE_NOTADB_FOREIGN';

/** Deletes the file, unless another process has done so already. */
async function renew({ file, schema: { what, version } }: Place, code: string): Promise<void> {
  await inTurn(file, async () => {
    const known = connections.get(file);
    const other = known !== undefined && known.identity !== (await identityOf(file));
    drop(file);
    if (other) return;
    const why = code === foreign ? `is none of version ${version}` : `is damaged (${code})`;
    console.warn(`The ${what} '${file}' ${why}: it is begun anew.`);
    for (const path of filesOf(file)) {
      await unlink(path).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') throw stuck(path, `${what} '${path}' ${why}`, cause);
      });
    }
  });
}

function stuck(file: string, state: string, cause: NodeJS.ErrnoException): ModelError {
  return new ModelError('file-missing', `The ${state} and cannot be deleted (${cause.code}).`, {
    file,
    hint: 'Close other windows that use it, or delete the file yourself.',
    cause,
  });
}

function filesOf(file: string): string[] {
  return [file, `${file}-wal`, `${file}-shm`];
}

/** Undefined: there is no file. A folder in its place is left to SQLite to complain about. */
async function identityOf(file: string): Promise<string | undefined> {
  return await stat(file, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  );
}

function sqliteCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return code?.startsWith('SQLITE_') ? code : undefined;
}

function isBusy(code: string): boolean {
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED') || code === 'SQLITE_PROTOCOL';
}

function isDamage(code: string): boolean {
  return ['SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_FORMAT', 'SQLITE_IOERR_SHORT_READ'].some((c) => code.startsWith(c));
}

function unusable({ file, schema: { what, others } }: Place, code: string, cause: unknown): ModelError {
  const full = code.startsWith('SQLITE_FULL');
  const busy = isBusy(code);
  const why = busy ? 'is being written by another program' : full ? 'cannot grow: the disk is full' : `cannot be written (${code})`;
  const hint = busy
    ? `Close ${others}, then try again.`
    : full
      ? 'Make room on the disk, then try again.'
      : 'Check the permissions of its folder, or delete the file.';
  return new ModelError('file-missing', `The ${what} '${file}' ${why}.`, { file, hint, cause });
}

let loading: Promise<typeof Sqlite> | undefined;

/** The database library, loaded on first use: an installation without its native part must not take everything else down. */
function loadSqlite(): Promise<typeof Sqlite> {
  loading ??= import('better-sqlite3')
    .then(async ({ default: library }) => {
      // The native part is loaded with the first database.
      new library(':memory:').close();
      return library;
    })
    .catch((cause: unknown) => {
      loading = undefined;
      const reason = cause instanceof Error ? (cause.message.split('\n').find((line) => line.trim()) ?? '') : String(cause);
      throw new ModelError(
        'engine',
        `The database library 'better-sqlite3' does not load on ${process.platform}-${process.arch}: ${reason}`,
        {
          hint: `Install Glassbox for this platform, or run 'npm install' in its folder.`,
          cause,
        },
      );
    });
  return loading;
}

/** Lets what waits for the thread have it. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
