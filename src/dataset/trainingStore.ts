import { type Connection, Database, turn } from './database.ts';
import { shrink } from './shrink.ts';
import { trainingSchema } from './trainingSchema.ts';

/** What is kept of all versions together, at most. */
const usualLimit = 512 * 2 ** 20;
/** So much of it is left when room is made: not for every new item again. */
const kept = 0.9;
/** Use is noted no more often, ms. */
const noteEvery = 600_000;
/** Files that are known, at most: those of runs long gone go first. */
const mostFiles = 5_000;

/** One thing that is kept of a version of a model. */
export interface KeptItem {
  key: string;
  value: Uint8Array;
}

/**
 * What was worked out of the checkpoints of training runs, so that one whose files did not change, or are gone, is looked up. A version is
 * a model's content and preprocessing; `kind` says whose keys they are ('logits', 'whole', …). Where there is no room, all of the version goes
 * that was not asked about for the longest time. A store that is damaged is begun anew.
 */
export class TrainingStore {
  readonly #database: Database;
  readonly #limit: number;

  /** @param limit bytes of all items */
  constructor(folder: string, limit = usualLimit) {
    this.#database = new Database(folder, trainingSchema);
    this.#limit = limit;
  }

  async get(kind: string, version: string, key: string): Promise<Uint8Array | undefined> {
    const [found] = await this.getAll(kind, version, [key]);
    return found;
  }

  /** In the order of `keys`; undefined: not kept. Throws ModelError('file-missing' or 'engine'). */
  async getAll(kind: string, version: string, keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    const now = Date.now();
    const { values, stale } = await this.#database.read((db) => {
      const of = db.get<{ id: number; used: number }>('SELECT id, used FROM versions WHERE name = ?', version);
      if (!of) return { values: keys.map(() => undefined), stale: false };
      const sql = 'SELECT value FROM items WHERE version = ? AND kind = ? AND key = ?';
      return { values: keys.map((key) => db.value<Buffer>(sql, of.id, kind, key)), stale: Math.abs(now - of.used) > noteEvery };
    });
    if (stale) await this.#database.write((db) => db.run('UPDATE versions SET used = ? WHERE name = ?', now, version));
    return values;
  }

  async put(kind: string, version: string, key: string, value: Uint8Array): Promise<void> {
    await this.putAll(kind, version, [{ key, value }]);
  }

  /** All of them or none. Throws ModelError('file-missing' or 'engine'). */
  async putAll(kind: string, version: string, items: readonly KeptItem[]): Promise<void> {
    if (items.length === 0) return;
    const full = await this.#database.write((db) => {
      const id = idOf(db, version);
      let grown = 0;
      for (const { key, value } of items) {
        const sql = 'SELECT id, length(value) AS bytes FROM items WHERE version = ? AND kind = ? AND key = ?';
        const old = db.get<{ id: number; bytes: number }>(sql, id, kind, key);
        grown += value.byteLength - (old?.bytes ?? 0);
        if (old) db.run('UPDATE items SET value = ? WHERE id = ?', value, old.id);
        else db.run('INSERT INTO items (version, kind, key, value) VALUES (?, ?, ?, ?)', id, kind, key, value);
      }
      db.run('UPDATE versions SET bytes = bytes + ?, used = ? WHERE id = ?', grown, Date.now(), id);
      return total(db) > this.#limit;
    });
    if (full) await this.#makeRoom(version);
  }

  /** Keys that something is kept under. */
  async keys(kind: string, version: string): Promise<string[]> {
    return await this.#database.read((db) =>
      db.column<string>('SELECT key FROM items JOIN versions ON versions.id = version WHERE name = ? AND kind = ?', version, kind),
    );
  }

  /** What was said last of a model file. */
  async fileSaid(path: string): Promise<string | undefined> {
    return await this.#database.read((db) => db.value<string>('SELECT said FROM files WHERE path = ?', path));
  }

  /** Remembers something of a model file, in place of what was said before. */
  async sayOfFile(path: string, said: string): Promise<void> {
    await this.#database.write((db) => {
      db.run('INSERT OR REPLACE INTO files VALUES (?, ?, ?)', path, Date.now(), said);
      db.run('DELETE FROM files WHERE path IN (SELECT path FROM files ORDER BY used DESC LIMIT -1 OFFSET ?)', mostFiles);
    });
  }

  /** Deletes what is kept of a version; without it, of all. */
  async forget(version?: string): Promise<void> {
    if ((await this.#database.bytes()) === 0) return;
    if (version !== undefined) await this.#drop(version);
    else {
      await this.#database.write((db) => {
        for (const table of ['items', 'versions', 'files']) db.run(`DELETE FROM ${table}`);
      });
    }
    await shrink(this.#database);
  }

  /** Bytes of all that is kept. */
  async bytes(): Promise<number> {
    return await this.#database.read(total);
  }

  async #makeRoom(newest: string): Promise<void> {
    const oldest = await this.#database.read((db) => {
      let bytes = total(db);
      const all = db.all<{ name: string; bytes: number }>('SELECT name, bytes FROM versions WHERE name <> ? ORDER BY used, id', newest);
      return all.filter((each) => {
        const tooMany = bytes > kept * this.#limit;
        if (tooMany) bytes -= each.bytes;
        return tooMany;
      });
    });
    for (const { name } of oldest) {
      await this.#drop(name);
      await turn();
    }
    await shrink(this.#database);
  }

  async #drop(version: string): Promise<void> {
    await this.#database.write((db) => {
      db.run('DELETE FROM items WHERE version IN (SELECT id FROM versions WHERE name = ?)', version);
      db.run('DELETE FROM versions WHERE name = ?', version);
    });
  }
}

function idOf(db: Connection, version: string): number {
  const known = db.value<number>('SELECT id FROM versions WHERE name = ?', version);
  return known ?? (db.value<number>('INSERT INTO versions (name, used, bytes) VALUES (?, 0, 0) RETURNING id', version) as number);
}

function total(db: Connection): number {
  return db.value<number>('SELECT total(bytes) FROM versions') ?? 0;
}
