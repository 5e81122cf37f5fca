/** The disk is asked for news so often, ms: where nothing tells of them, and where hints have. */
const polled = 2_000;
const polledCalmly = 5_000;
/** A hint and what it hinted at are found within so long of each other, ms. */
const late = 3_000;

/**
 * What hints say of the names in a folder, and how far they are to be relied on: a change that was found without its hint is one too many,
 * since systems drop hints where there are many, and never say so. Times are `performance.now()`.
 */
export class Attention {
  /** Names that something happened to, and when hints came. */
  readonly #touched = new Set<string>();
  readonly #hinted = new Map<string, number>();
  /** What was found without a hint. */
  #missed = { name: '', at: Number.NEGATIVE_INFINITY };
  #isProven = false;

  hint(name: string, now: number): void {
    this.#hinted.set(name, now);
    this.#touched.add(name);
    // It came late.
    if (concerns(name, this.#missed.name) && now - this.#missed.at < late) this.#isProven = true;
  }

  /** A look is wanted, without a hint. */
  touch(name: string): void {
    this.#touched.add(name);
  }

  get isWanted(): boolean {
    return this.#touched.size > 0;
  }

  /** The names since the last time. */
  take(): string[] {
    const names = [...this.#touched];
    this.#touched.clear();
    return names;
  }

  /** Something happened to a checkpoint. */
  found(name: string, now: number): void {
    this.#isProven = [...this.#hinted].some(([other, at]) => now - at < late && concerns(other, name));
    if (!this.#isProven) this.#missed = { name, at: now };
  }

  /** ms between two polls. */
  get pause(): number {
    return this.#isProven ? polledCalmly : polled;
  }
}

/** Whether what happened to a name in the folder may be about a checkpoint: its own, or weights beside it (net.onnx.data, net.onnx_data). */
export function concerns(touched: string, name: string): boolean {
  return touched === name || (name !== '' && touched.startsWith(name) && /^[._]/.test(touched.slice(name.length)));
}
