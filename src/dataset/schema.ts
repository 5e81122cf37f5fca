import type Sqlite from 'better-sqlite3';

/** The tables of a kind of database. One that holds others is begun anew. */
export interface Schema {
  /** Name of its file. Beside it SQLite keeps `-wal` and `-shm`. */
  file: string;
  /** What it is to people: `index`; and who else may be writing it. */
  what: string;
  others: string;
  /** Tells it from others. */
  application: number;
  /** Raised with every change of the tables, or of what is kept in them. */
  version: number;
  tables: readonly string[];
  /** Rows that are there from the beginning. */
  rows: readonly string[];
  /** What earlier versions had in its place: deleted. */
  replaces: readonly string[];
}

/**
 * Each content (SHA-256 of a file) once, whatever its files are called: a renamed file finds its features, two files alike share them.
 * Rows with large values have a number of their own, so that they are written one after the other and pages are full.
 */
const tables: readonly string[] = [
  // A file as it was when it was read: as long as size, time of change and inode are these it is not read again.
  'CREATE TABLE files (path TEXT PRIMARY KEY, size REAL NOT NULL, time REAL NOT NULL, inode REAL NOT NULL, content INTEGER NOT NULL) WITHOUT ROWID',
  'CREATE INDEX filesOf ON files (content)',
  // `error`: it cannot be decoded, an ErrorRecord as JSON. `orphaned`: since when no file has it, ms.
  'CREATE TABLE contents (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, error TEXT, orphaned REAL)',
  'CREATE TABLE thumbnails (content INTEGER PRIMARY KEY, jpeg BLOB NOT NULL)',
  // A model is its hash, and how images become its input, not its path. `used`: when it was last indexed with, ms. Files that it was read from.
  'CREATE TABLE models (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, preprocessing TEXT NOT NULL, used REAL NOT NULL, UNIQUE (hash, preprocessing))',
  'CREATE TABLE modelFiles (file TEXT NOT NULL, model INTEGER NOT NULL, PRIMARY KEY (file, model)) WITHOUT ROWID',
  'CREATE TABLE layers (id INTEGER PRIMARY KEY, model INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE (model, name))',
  // What the model answers and is fed, one value: see `answer.ts`.
  'CREATE TABLE answers (id INTEGER PRIMARY KEY, model INTEGER NOT NULL, content INTEGER NOT NULL, answer BLOB NOT NULL, UNIQUE (model, content))',
  // float32, little-endian.
  'CREATE TABLE vectors (id INTEGER PRIMARY KEY, layer INTEGER NOT NULL, content INTEGER NOT NULL, vector BLOB NOT NULL, UNIQUE (layer, content))',
  // Raised whenever a row of `files` changes.
  'CREATE TABLE changes (files INTEGER NOT NULL)',
];

/** Of a data set: what is known of its files, thumbnails, features. */
export const datasetSchema: Schema = {
  file: 'dataset.sqlite',
  what: 'index',
  others: 'the other window that indexes these images',
  application: 0x47425344,
  version: 1,
  tables,
  rows: ['INSERT INTO changes VALUES (0)'],
  replaces: ['catalogue.json'],
};

/** Fills an empty database. */
export function createSchema(db: Sqlite.Database, schema: Schema): void {
  for (const sql of [...schema.tables, ...schema.rows]) db.exec(sql);
  db.pragma(`application_id = ${schema.application}`);
  db.pragma(`user_version = ${schema.version}`);
}

export function isEmpty(db: Sqlite.Database): boolean {
  return db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
}

/** Whether a database is one of ours, of this kind and version. */
export function isCurrent(db: Sqlite.Database, schema: Schema): boolean {
  const pragma = (name: string) => db.pragma(name, { simple: true });
  if (pragma('application_id') !== schema.application || pragma('user_version') !== schema.version) return false;
  const found = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY sql').pluck().all();
  return JSON.stringify(found) === JSON.stringify([...schema.tables].sort());
}
