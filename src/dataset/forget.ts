import { type Connection, Database, turn } from './database.ts';
import { shrink } from './shrink.ts';

/** What no file of the data set has had for so long is dropped, ms: until then a branch or a drive may be back. */
const patience = 30 * 24 * 3600 * 1000;
/** Of each model file so many versions are kept, those that were used last. */
const versions = 3;
/** Rows that are deleted before others have a turn. */
const rowsAtOnce = 2_000;

/** Deletes what was indexed with a model file: all versions of it, all preprocessings; the disk gets its room back. */
export async function forgetModel(folder: string, file: string): Promise<void> {
  const database = new Database(folder);
  await dropModels(database, await database.read((db) => db.column<number>('SELECT model FROM modelFiles WHERE file = ?', file)));
  await shrink(database);
}

/** Deletes all that was indexed. Which content each file has stays known. */
export async function forgetIndex(folder: string): Promise<void> {
  const database = new Database(folder);
  // Whole tables at once: their rows are not looked at.
  if ((await database.bytes()) === 0) return;
  await database.write((db) => {
    for (const table of ['vectors', 'answers', 'thumbnails', 'layers', 'modelFiles', 'models']) db.run(`DELETE FROM ${table}`);
    db.run('UPDATE contents SET error = NULL');
    db.run('DELETE FROM contents WHERE id NOT IN (SELECT content FROM files)');
    db.run('UPDATE changes SET files = files + 1');
  });
  await shrink(database);
}

/** Drops what nobody is likely to ask for again: features of contents that no file has any more, old versions of model files. */
export async function dropUnused(folder: string, now: number): Promise<void> {
  const database = new Database(folder);
  const old = await database.read((db) => ({
    contents: db.column<number>('SELECT id FROM contents WHERE orphaned < ?', now - patience),
    models: db.column<number>(
      `SELECT model FROM (SELECT model, row_number() OVER (PARTITION BY file ORDER BY used DESC) AS place FROM modelFiles JOIN models ON id = model)
       GROUP BY model HAVING min(place) > ?`,
      versions,
    ),
  }));
  if (old.contents.length + old.models.length === 0) return;
  await dropModels(database, old.models);
  for (let from = 0; from < old.contents.length; from += rowsAtOnce) {
    await database.write((db) => {
      for (const content of old.contents.slice(from, from + rowsAtOnce)) dropContent(db, content);
    });
    await turn();
  }
  await shrink(database);
}

function dropContent(db: Connection, content: number): void {
  // A file may have it again by now.
  if (db.value('SELECT 1 FROM files WHERE content = ?', content) !== undefined) return;
  for (const layer of db.column<number>('SELECT id FROM layers'))
    db.run('DELETE FROM vectors WHERE layer = ? AND content = ?', layer, content);
  for (const model of db.column<number>('SELECT id FROM models'))
    db.run('DELETE FROM answers WHERE model = ? AND content = ?', model, content);
  db.run('DELETE FROM thumbnails WHERE content = ?', content);
  db.run('DELETE FROM contents WHERE id = ?', content);
}

async function dropModels(database: Database, models: readonly number[]): Promise<void> {
  for (const model of models) {
    const layers = await database.read((db) => db.column<number>('SELECT id FROM layers WHERE model = ?', model));
    for (const layer of layers) await dropRows(database, 'vectors', 'layer', layer);
    await dropRows(database, 'answers', 'model', model);
    await database.write((db) => {
      for (const table of ['layers', 'modelFiles']) db.run(`DELETE FROM ${table} WHERE model = ?`, model);
      db.run('DELETE FROM models WHERE id = ?', model);
    });
  }
  const unused = 'SELECT content FROM thumbnails WHERE content NOT IN (SELECT content FROM answers) LIMIT ?';
  if (models.length > 0) await dropSome(database, `DELETE FROM thumbnails WHERE content IN (${unused})`);
}

async function dropRows(database: Database, table: 'vectors' | 'answers', column: 'layer' | 'model', of: number): Promise<void> {
  await dropSome(database, `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${column} = ? LIMIT ?)`, of);
}

/** Again and again, until there is nothing left to delete. */
async function dropSome(database: Database, sql: string, ...of: number[]): Promise<void> {
  while ((await database.write((db) => db.run(sql, ...of, rowsAtOnce))) > 0) await turn();
}
