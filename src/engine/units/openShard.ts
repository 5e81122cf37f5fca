import { type Shard, type Store, shardImages } from '../../dataset/store.ts';
import { type ImageActivations, type TalliedImage, type TalliedLayer, Tally } from '../../dataset/tally.ts';

/** The shard of a layer that grows; full ones are written and left alone. */
export class OpenShard {
  readonly of: TalliedLayer;
  /** Contents that are collected: on disk, or here. */
  readonly hashes: Set<string>;
  readonly #store: Store;
  /** What is written of the tally, on disk: replaced by the next write. */
  #written: string[];
  #tally: Tally;
  #saved: number;

  private constructor(store: Store, of: TalliedLayer, hashes: Set<string>, growing: { written: string[]; tally: Tally }) {
    this.of = of;
    this.hashes = hashes;
    this.#store = store;
    this.#written = growing.written;
    this.#tally = growing.tally;
    this.#saved = growing.tally.images.length;
  }

  /**
   * Goes through what is on disk. A shard with a content that is no longer in the data set is deleted: its other images have to be
   * collected again. Shards that are not full go on growing as one.
   */
  static async open(store: Store, of: TalliedLayer, current: ReadonlyMap<string, unknown>): Promise<OpenShard> {
    const hashes = new Set<string>();
    const growing = { written: [] as string[], tally: new Tally(of) };
    for await (const shard of store.shards(of.layer)) {
      if (!fits(shard, of) || !shard.tally.hashes.every((hash) => current.has(hash))) {
        await store.remove(shard.file);
        continue;
      }
      for (const hash of shard.tally.hashes) hashes.add(hash);
      if (shard.tally.images.length + growing.tally.images.length >= shardImages) continue;
      growing.tally.merge(shard.tally);
      growing.written.push(shard.file);
    }
    return new OpenShard(store, of, hashes, growing);
  }

  /** False where a value is not finite. */
  add(image: TalliedImage, activations: ImageActivations): boolean {
    if (!this.#tally.add(image, activations)) return false;
    this.hashes.add(image.hash);
    return true;
  }

  get full(): boolean {
    return this.#tally.images.length >= shardImages;
  }

  /** Writes what is not yet on disk. */
  async write(): Promise<void> {
    if (this.#tally.images.length === this.#saved) return;
    const file = await this.#store.write(this.#tally);
    for (const old of this.#written) await this.#store.remove(old);
    this.#written = [file];
    this.#saved = this.#tally.images.length;
    if (!this.full) return;
    this.#tally = new Tally(this.of);
    this.#written = [];
    this.#saved = 0;
  }
}

function fits({ tally }: Shard, of: TalliedLayer): boolean {
  return tally.of.units === of.units && tally.of.height === of.height && tally.of.width === of.width;
}
