import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Folders of what is collected and indexed: one for each data set, so that going back to a data set finds it there. */
export class Stores {
  readonly #root: string;

  constructor(storage: string) {
    this.#root = join(storage, 'datasets');
  }

  /** @param dataset its folder, absolute; empty: all of the workspace */
  of(dataset: string): string {
    return join(this.#root, dataset === '' ? 'workspace' : createHash('sha256').update(dataset).digest('hex').slice(0, 16));
  }

  /** Whether something is kept of a data set. */
  async isKept(dataset: string): Promise<boolean> {
    return (await readdir(this.of(dataset)).catch(() => [])).length > 0;
  }

  /** Of all data sets that something is kept of. */
  async all(): Promise<string[]> {
    const entries = await readdir(this.#root, { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(this.#root, name));
  }
}
