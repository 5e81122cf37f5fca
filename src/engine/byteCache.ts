/** A least-recently-used cache bounded by bytes. Values that leave it are handed to `dispose`. */
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

  /** Oldest first. */
  keys(): string[] {
    return [...this.#entries.keys()];
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps `value`, the newest always, and drops the oldest until the rest fits. The same value may be set anew with other bytes. */
  set(key: string, value: T, bytes: number): void {
    const known = this.#entries.get(key);
    if (known?.value === value) {
      this.#entries.delete(key);
      this.#bytes -= known.bytes;
    } else this.delete(key);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    this.#shrink();
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    this.#dispose(entry.value);
  }

  clear(): void {
    for (const key of this.keys()) this.delete(key);
  }

  resize(limit: number): void {
    this.#limit = limit;
    this.#shrink();
  }

  #shrink(): void {
    for (const key of this.keys()) {
      if (this.#bytes <= this.#limit || this.#entries.size === 1) return;
      this.delete(key);
    }
  }
}
