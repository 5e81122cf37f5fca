import { basename, dirname, extname, resolve } from 'node:path';

/**
 * Finds the image of a data set that a label file means. The name is a path from the file or from a root, with or without its extension;
 * folders in front that are not there are passed over, for a file that was written elsewhere; a bare name counts where it is the only one.
 */
export class ImageNames {
  readonly #exact = new Map<string, number>();
  /** Without extension; undefined: several. */
  readonly #stems = new Map<string, number | undefined>();
  readonly #names = new Map<string, number | undefined>();
  readonly #bases: readonly string[];

  constructor(images: readonly string[], roots: readonly string[], file: string) {
    this.#bases = [...new Set([dirname(resolve(file)), ...roots.map((root) => resolve(root))])].map(slashed);
    images.forEach((path, image) => {
      const whole = slashed(resolve(path));
      this.#exact.set(whole, image);
      alone(this.#stems, withoutExtension(whole), image);
      for (const name of new Set([basename(path), withoutExtension(basename(path))])) alone(this.#names, name, image);
    });
  }

  /** Index of the image; undefined: none, or it might be several. */
  find(name: string): number | undefined {
    const parts = slashed(name)
      .normalize('NFC')
      .split('/')
      .filter((part) => part !== '' && part !== '.');
    const last = parts.at(-1);
    if (last === undefined) return undefined;
    const absolute = slashed(name).normalize('NFC');
    const whole = this.#at(absolute);
    if (whole !== undefined) return whole;
    for (let from = 0; from < parts.length; from++) {
      const tail = parts.slice(from).join('/');
      for (const base of this.#bases) {
        const found = this.#at(tail.includes('..') ? slashed(resolve(base, tail)) : `${base}/${tail}`);
        if (found !== undefined) return found;
      }
    }
    return this.#names.get(last);
  }

  #at(path: string): number | undefined {
    return this.#exact.get(path) ?? this.#stems.get(path);
  }
}

function alone(map: Map<string, number | undefined>, key: string, image: number): void {
  map.set(key, map.has(key) ? undefined : image);
}

/** Windows writes paths with the other slash; a Mac's file system takes letters apart from their accents. */
function slashed(path: string): string {
  return path.replaceAll('\\', '/').normalize('NFC');
}

function withoutExtension(path: string): string {
  const extension = extname(path);
  return extension === '' ? path : path.slice(0, -extension.length);
}
