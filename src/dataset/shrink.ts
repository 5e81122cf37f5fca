import { type Database, turn } from './database.ts';

/** Pages that are given back before others have a turn. */
const pagesAtOnce = 256;

/** Gives the free pages of a database back to the disk. */
export async function shrink(database: Database): Promise<void> {
  const free = () => database.read((db) => db.value<number>('PRAGMA freelist_count') ?? 0);
  for (let left = await free(); left > 0; ) {
    await database.tidy((db) => db.shrink(pagesAtOnce));
    await turn();
    const now = await free();
    if (now >= left) break;
    left = now;
  }
  await database.tidy((db) => db.checkpoint());
}
