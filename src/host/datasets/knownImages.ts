import { ModelError } from '../../shared/errors.ts';

/** The images that a page may name: those of the data set, those that were chosen, and those that the engine has named to it. */
export class KnownImages {
  readonly #paths = new Set<string>();

  add(paths: Iterable<string>): void {
    for (const path of paths) this.#paths.add(path);
  }

  forgetAll(): void {
    this.#paths.clear();
  }

  /** The path itself. Throws for one that is not known. */
  expect(path: unknown): string {
    if (typeof path === 'string' && this.#paths.has(path)) return path;
    throw new ModelError('input', `The picture '${path}' is none of this panel.`, { hint: 'Choose the picture again.' });
  }
}
