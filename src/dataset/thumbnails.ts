import { Catalogue } from './catalogue.ts';
import { Database } from './database.ts';

/** Largest thumbnail read. Ours have 2 KB. */
const maxBytes = 2 ** 16;
/** Thumbnails that are read before others have a turn. */
const atOnce = 1_000;

/** JPEG of each file as it is now, in their order; empty where there is none. Reads no image. */
export async function thumbnailsOf(folder: string, paths: readonly string[], signal: AbortSignal): Promise<Uint8Array[]> {
  const database = new Database(folder);
  const files = await new Catalogue(folder).recallAll(paths, signal);
  const found: Uint8Array[] = [];
  for (let from = 0; from < files.length; from += atOnce) {
    const some = files.slice(from, from + atOnce);
    const read = await database.read((db) =>
      some.map((file) => {
        if (!file || 'error' in file) return undefined;
        const sql = 'SELECT jpeg FROM thumbnails JOIN contents ON contents.id = content WHERE hash = ? AND length(jpeg) <= ?';
        return db.value<Buffer>(sql, Buffer.from(file.hash, 'hex'), maxBytes);
      }),
    );
    found.push(...read.map((jpeg) => (jpeg ? new Uint8Array(jpeg) : new Uint8Array(0))));
  }
  return found;
}
