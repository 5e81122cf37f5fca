/** A least-recently-used cache bounded by bytes. Evicted values are handed to `dispose`. */
export class ByteCache<T> {
  readonly #entries = new Map<string, { value: T; bytes: number }>();
  readonly #dispose: (value: T) => void;
  #limit: number;
  #bytes = 0;

  constructor(limit: number, dispose: (value: T) => void = () => {}) {
    this.#limit = limit;
    this.#dispose = dispose;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps `value`, the newest always, and drops the oldest until the rest fits. */
  set(key: string, value: T, bytes: number): void {
    this.#remove(key);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    this.#shrink();
  }

  resize(limit: number): void {
    this.#limit = limit;
    this.#shrink();
  }

  /** Drops every entry whose key starts with `prefix`. */
  dropPrefix(prefix: string): void {
    for (const key of [...this.#entries.keys()]) if (key.startsWith(prefix)) this.#remove(key);
  }

  #shrink(): void {
    for (const key of [...this.#entries.keys()]) {
      if (this.#bytes <= this.#limit || this.#entries.size === 1) return;
      this.#remove(key);
    }
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    this.#dispose(entry.value);
  }
}
