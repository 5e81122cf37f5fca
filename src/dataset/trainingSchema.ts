import type { Schema } from './schema.ts';

const tables: readonly string[] = [
  // A model's content and preprocessing. `used`: when it was last asked about, ms; `bytes`: of its items.
  'CREATE TABLE versions (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, used REAL NOT NULL, bytes REAL NOT NULL)',
  'CREATE TABLE items (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, UNIQUE (version, kind, key))',
  // What is known of a model file as it was when it was read, with the state of all its files then.
  'CREATE TABLE files (path TEXT PRIMARY KEY, used REAL NOT NULL, said TEXT NOT NULL) WITHOUT ROWID',
];

/** Of training runs: what was read of their checkpoints. */
export const trainingSchema: Schema = {
  file: 'training.sqlite',
  what: 'store of training results',
  others: 'the other window that follows this training run',
  application: 0x47425452,
  version: 1,
  tables,
  rows: [],
  replaces: [],
};
