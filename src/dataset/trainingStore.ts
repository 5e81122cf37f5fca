/** One thing that is kept of a version of a model. */
export interface KeptItem {
  key: string;
  value: Uint8Array;
}

/**
 * What was worked out of the checkpoints of training runs, so that one whose files did not change, or are gone, is looked up. A version is
 * a model's content and preprocessing; `kind` is whose keys they are ('frames', 'whole', …). One that is damaged is begun anew.
 */
export class TrainingStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(kind: string, version: string, key: string): Promise<Uint8Array | undefined> {
    const [found] = await this.getAll(kind, version, [key]);
    return found;
  }

  /** In the order of `keys`; undefined: not kept. */
  async getAll(kind: string, version: string, keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return keys.map((key) => memory.get(JSON.stringify([this.#folder, version, kind, key])));
  }

  async put(kind: string, version: string, key: string, value: Uint8Array): Promise<void> {
    await this.putAll(kind, version, [{ key, value }]);
  }

  /** All of them or none. */
  async putAll(kind: string, version: string, items: readonly KeptItem[]): Promise<void> {
    for (const { key, value } of items) memory.set(JSON.stringify([this.#folder, version, kind, key]), value);
  }

  /** Deletes what is kept of a version; without it, of all. */
  async forget(version?: string): Promise<void> {
    const start =
      version === undefined
        ? `${JSON.stringify([this.#folder]).slice(0, -1)},`
        : `${JSON.stringify([this.#folder, version]).slice(0, -1)},`;
    for (const key of memory.keys()) if (key.startsWith(start)) memory.delete(key);
  }
}

/** Until it is on disk. */
const memory = new Map<string, Uint8Array>();
