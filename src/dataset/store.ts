import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileBounded, replaceFile } from '../formats/file.ts';
import { decodeShard, encodeShard } from './shardFile.ts';
import { Tally } from './tally.ts';

/** From so many images on a shard is full: they have to be collected again when one of them changes. */
export const shardImages = 256;
const maxShardBytes = 2 ** 30;
const extension = '.shard';
/** In the folder of a model: its key. In that of a layer: its name. */
const about = 'about.json';
const layerName = 'layer';

/** Whose activations: a model, and how images become its input. */
export interface StoreKey {
  /** Path of the model's file, and its hash. */
  file: string;
  hash: string;
  /** As JSON. */
  preprocessing: string;
}

/** A shard on disk, and what it holds. */
export interface Shard {
  file: string;
  tally: Tally;
}

/**
 * What is collected with one model, in a folder of the store: a folder per layer, in it a file per shard. Shards are never changed:
 * they are written whole under a new name, and deleted. A damaged or foreign one is deleted when it is read; its images count as not collected.
 */
export class Store {
  readonly #root: string;
  readonly #key: StoreKey;
  readonly #folder: string;

  constructor(root: string, key: StoreKey) {
    this.#root = root;
    this.#key = key;
    this.#folder = join(root, digest(`${key.hash}\n${key.preprocessing}`));
  }

  /** Names of the layers that something is collected of. */
  async layers(): Promise<string[]> {
    const folders = (await entries(this.#folder)).filter((name) => name !== about);
    const names = await Promise.all(folders.map((name) => readFile(join(this.#folder, name, layerName), 'utf8').catch(() => undefined)));
    return names.filter((name) => name !== undefined);
  }

  /** Files of a layer's shards: others mean other content. */
  async files(layer: string): Promise<string[]> {
    const folder = this.#layerFolder(layer);
    return (await entries(folder)).filter((name) => name.endsWith(extension)).map((name) => join(folder, name));
  }

  /** A layer's shards, one after the other; no image is in two of them. */
  async *shards(layer: string): AsyncGenerator<Shard> {
    const files = await Promise.all((await this.files(layer)).map(async (file) => ({ file, size: (await sizeOf(file)) ?? 0 })));
    const seen = new Set<string>();
    // The larger of two with the same images is the newer one: shards grow.
    for (const { file } of files.sort((x, y) => y.size - x.size)) {
      const tally = await this.#read(file, layer);
      if (!tally) continue;
      if (tally.hashes.some((hash) => seen.has(hash))) await this.remove(file);
      else yield { file, tally };
      for (const hash of tally.hashes) seen.add(hash);
    }
  }

  /** All that is collected of a layer; undefined: nothing. */
  async load(layer: string): Promise<Tally | undefined> {
    let all: Tally | undefined;
    for await (const { tally } of this.shards(layer)) {
      all ??= new Tally(tally.of);
      all.merge(tally);
    }
    return all;
  }

  async #read(file: string, layer: string): Promise<Tally | undefined> {
    const bytes = await readFileBounded(file, { what: 'collection', maxBytes: maxShardBytes }).catch(() => undefined);
    // Replaced meanwhile, or not to be read just now: no reason to delete it.
    if (!bytes) return undefined;
    const tally = await decodeShard(bytes);
    if (tally?.of.layer === layer) return tally;
    await this.remove(file);
    return undefined;
  }

  /** Writes a shard; returns its file. Throws ModelError('file-missing') where it cannot be written. */
  async write(tally: Tally): Promise<string> {
    const folder = this.#layerFolder(tally.of.layer);
    // What keeps the folder from being made keeps the files from being written: that names them.
    await mkdir(folder, { recursive: true }).catch(() => {});
    await replaceFile(join(this.#folder, about), JSON.stringify(this.#key), 'collection');
    await replaceFile(join(folder, layerName), tally.of.layer, 'collection');
    const file = join(folder, `${randomBytes(8).toString('hex')}${extension}`);
    await replaceFile(file, await encodeShard(tally), 'collection');
    return file;
  }

  async remove(file: string): Promise<void> {
    await unlink(file).catch(() => {});
  }

  async forgetLayer(layer: string): Promise<void> {
    await rm(this.#layerFolder(layer), { recursive: true, force: true });
  }

  /** Deletes all that is collected with the model's file, older versions of it and other preprocessings too. */
  async forgetModel(): Promise<void> {
    for (const folder of await this.#ofModel()) await rm(folder, { recursive: true, force: true });
  }

  /** What is collected with the model's file takes on disk, older versions of it included. */
  async bytes(): Promise<number> {
    let sum = 0;
    for (const folder of await this.#ofModel()) {
      for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
        sum += (await sizeOf(join(folder, name))) ?? 0;
      }
    }
    return sum;
  }

  async #ofModel(): Promise<string[]> {
    const folders = (await entries(this.#root)).map((name) => join(this.#root, name));
    const mine = await Promise.all(folders.map(async (folder) => folder === this.#folder || (await fileOf(folder)) === this.#key.file));
    return folders.filter((_, i) => mine[i]);
  }

  #layerFolder(layer: string): string {
    return join(this.#folder, digest(layer));
  }
}

async function fileOf(folder: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(join(folder, about), 'utf8')) as StoreKey).file;
  } catch {
    return undefined;
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

async function entries(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
