import { ModelError, throwIfAborted } from '../shared/errors.ts';
import { Answers, answerLength, packAnswer } from './answer.ts';
import { contentOf } from './catalogue.ts';
import { type Connection, Database, turn } from './database.ts';
import type { FeatureRows, IndexedImage, RowSizes } from './indexedImage.ts';
import type { StoreKey } from './store.ts';

/** Rows that are read before others have a turn. */
const rowsAtOnce = 512;
/** Contents that are listed before others have a turn. */
const listedAtOnce = 4_096;

/** What a network makes of the images of a data set, in the database of its folder. By content: of two files alike it is kept once. */
export class FeatureStore {
  readonly #database: Database;
  readonly #key: StoreKey;

  constructor(folder: string, key: StoreKey) {
    this.#database = new Database(folder);
    this.#key = key;
  }

  /** On disk, of all models. */
  async bytes(): Promise<number> {
    return await this.#database.bytes();
  }

  /** What is written goes from the log to the file itself, as far as nobody reads there. */
  async checkpoint(): Promise<void> {
    await this.#database.tidy((db) => db.checkpoint());
  }

  /** Keeps images, all of them or none: on disk when this returns. What is there stays as it is. */
  async add(layer: string, images: readonly IndexedImage[]): Promise<void> {
    await this.#database.write((db) => {
      const model = ensureModel(db, this.#key);
      const layerId = ensureLayer(db, model, layer);
      for (const { hash, vector, thumbnail, ...answer } of images) {
        const content = contentOf(db, hash);
        db.run('INSERT INTO answers (model, content, answer) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', model, content, packAnswer(answer));
        db.run('INSERT INTO vectors (layer, content, vector) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', layerId, content, bytesOf(vector));
        if (thumbnail) db.run('INSERT INTO thumbnails VALUES (?, ?) ON CONFLICT DO NOTHING', content, thumbnail);
      }
    });
  }

  /** The contents that are indexed at a layer: number by hash. */
  async indexed(layer: string, signal: AbortSignal): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (let after = 0; ; ) {
      throwIfAborted(signal);
      const rows = await this.#database.read((db) => {
        const ids = idsOf(db, this.#key, layer);
        if (!ids) return [];
        return db.all<{ id: number; hash: Buffer }>(
          `SELECT contents.id, hash FROM vectors v JOIN answers a ON a.model = ? AND a.content = v.content JOIN contents ON contents.id = v.content
           WHERE v.layer = ? AND v.content > ? ORDER BY v.content LIMIT ?`,
          ...[ids.model, ids.layer, after, listedAtOnce],
        );
      });
      for (const { id, hash } of rows) found.set(hash.toString('hex'), id);
      const last = rows.at(-1);
      if (!last || rows.length < listedAtOnce) return found;
      after = last.id;
      await turn();
    }
  }

  /** Those of some contents that have a thumbnail. */
  async withThumbnail(hashes: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let from = 0; from < hashes.length; from += rowsAtOnce) {
      throwIfAborted(signal);
      const some = hashes.slice(from, from + rowsAtOnce);
      const sql = 'SELECT 1 FROM thumbnails JOIN contents ON contents.id = content WHERE hash = ?';
      const has = await this.#database.read((db) => some.map((hash) => db.value(sql, Buffer.from(hash, 'hex')) !== undefined));
      for (const [i, hash] of some.entries()) if (has[i]) found.add(hash);
      await turn();
    }
    return found;
  }

  /**
   * What is kept of contents, in their order; `at`: which of them the rows are, as those that are not indexed are left out. Nothing
   * else is kept waiting for long. Rows that are not what was written are deleted: their images are not indexed any more.
   */
  async rows(layer: string, sizes: RowSizes, hashes: readonly string[], signal: AbortSignal): Promise<FeatureRows & { at: Int32Array }> {
    const indexed = await this.indexed(layer, signal);
    const wanted = hashes.flatMap((hash, at) => {
      const content = indexed.get(hash);
      return content === undefined ? [] : [{ hash, at, content }];
    });
    const rows = new Rows(wanted.length, sizes);
    const kept: typeof wanted = [];
    const damaged: number[] = [];
    for (let from = 0; from < wanted.length; from += rowsAtOnce) {
      throwIfAborted(signal);
      const some = wanted.slice(from, from + rowsAtOnce);
      const taken = await this.#database.read((db) => {
        rows.count = kept.length;
        const ids = idsOf(db, this.#key, layer);
        return some.map(({ content }) => (ids ? rows.take(db, ids, content) : 'gone'));
      });
      kept.push(...some.filter((_, i) => taken[i] === 'taken'));
      damaged.push(...some.flatMap(({ content }, i) => (taken[i] === 'damaged' ? [content] : [])));
      await turn();
    }
    if (damaged.length > 0) await this.#delete(layer, damaged);
    return { ...rows.whole(), hashes: kept.map(({ hash }) => hash), at: Int32Array.from(kept, ({ at }) => at) };
  }

  async #delete(layer: string, contents: readonly number[]): Promise<void> {
    await this.#database.write((db) => {
      const ids = idsOf(db, this.#key, layer);
      if (!ids) return;
      for (const content of contents) {
        db.run('DELETE FROM vectors WHERE layer = ? AND content = ?', ids.layer, content);
        db.run('DELETE FROM answers WHERE model = ? AND content = ?', ids.model, content);
      }
    });
  }
}

/** Rows that are being read. */
class Rows {
  count = 0;
  readonly #sizes: RowSizes;
  readonly #vectors: Float32Array;
  readonly #bytes: Uint8Array;
  readonly #answers: Answers;

  constructor(most: number, sizes: RowSizes) {
    this.#sizes = sizes;
    this.#vectors = new Float32Array(sharedBuffer(most * sizes.dimensions * 4));
    this.#bytes = new Uint8Array(this.#vectors.buffer);
    this.#answers = new Answers(most, sizes);
  }

  take(db: Connection, { model, layer }: Ids, content: number): 'taken' | 'gone' | 'damaged' {
    const { dimensions } = this.#sizes;
    const vector = db.value<Buffer>('SELECT vector FROM vectors WHERE layer = ? AND content = ?', layer, content);
    const answer = db.value<Buffer>('SELECT answer FROM answers WHERE model = ? AND content = ?', model, content);
    if (!vector || !answer) return 'gone';
    if (vector.length !== dimensions * 4 || answer.length !== answerLength(this.#sizes)) return 'damaged';
    this.#bytes.set(vector, this.count * dimensions * 4);
    if (!finite(this.#vectors, this.count * dimensions, (this.count + 1) * dimensions)) return 'damaged';
    this.#answers.set(this.count, answer);
    this.count++;
    return 'taken';
  }

  whole(): Omit<FeatureRows, 'hashes'> {
    const { count } = this;
    const { dimensions, pixelLength, best } = this.#sizes;
    const { pixels, classes, logits, logSumExp } = this.#answers;
    return {
      vectors: this.#vectors.subarray(0, count * dimensions),
      pixels: pixels.subarray(0, count * pixelLength),
      pixelLength,
      classes: classes.subarray(0, count * best),
      logits: logits.subarray(0, count * best),
      best,
      logSumExp: logSumExp.subarray(0, count),
    };
  }
}

interface Ids {
  model: number;
  layer: number;
}

function idsOf(db: Connection, { hash, preprocessing }: StoreKey, layer: string): Ids | undefined {
  return db.get<Ids>(
    'SELECT models.id AS model, layers.id AS layer FROM models JOIN layers ON model = models.id WHERE hash = ? AND preprocessing = ? AND name = ?',
    hash,
    preprocessing,
    layer,
  );
}

function ensureModel(db: Connection, { file, hash, preprocessing }: StoreKey): number {
  const model = db.value<number>(
    'INSERT INTO models (hash, preprocessing, used) VALUES (?, ?, ?) ON CONFLICT (hash, preprocessing) DO UPDATE SET used = excluded.used RETURNING id',
    hash,
    preprocessing,
    Date.now(),
  ) as number;
  db.run('INSERT INTO modelFiles VALUES (?, ?) ON CONFLICT DO NOTHING', file, model);
  return model;
}

function ensureLayer(db: Connection, model: number, name: string): number {
  return db.value<number>(
    'INSERT INTO layers (model, name) VALUES (?, ?) ON CONFLICT (model, name) DO UPDATE SET name = name RETURNING id',
    model,
    name,
  ) as number;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The sum of numbers is finite only if they are. */
function finite(values: Float32Array, from: number, to: number): boolean {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i] as number;
  return Number.isFinite(sum);
}

function sharedBuffer(bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes);
  } catch (cause) {
    const gigabytes = (bytes / 2 ** 30).toFixed(1);
    throw new ModelError('method', `The features of so many images need ${gigabytes} GB of memory, more than there is.`, {
      hint: 'Choose a layer with fewer dimensions, or a smaller folder of images.',
      cause,
    });
  }
}
