import { createHash } from 'node:crypto';
import { dirname, isAbsolute, relative } from 'node:path';

/** So many images are taken of a data set. */
export const mostImages = 5_000;

/** The images that patches are taken from. */
export interface ImageSet {
  /** Absolute; empty: all of the workspace. */
  folder: string;
  /** For people: the folder, or the workspace's name. */
  label: string;
  /** Absolute paths. */
  images: readonly string[];
  /** There are more than are taken. */
  capped: boolean;
}

const order = new Intl.Collator('en', { numeric: true });

/**
 * The images in order, numbers in names by value. Of too many, those whose hashes are the smallest: from all folders alike,
 * always the same, and a new image replaces one other at most.
 */
export function takeImages(paths: readonly string[], most = mostImages): Pick<ImageSet, 'images' | 'capped'> {
  const capped = paths.length > most;
  return { images: (capped ? sample(paths, most) : [...paths]).sort(order.compare), capped };
}

function sample(paths: readonly string[], most: number): string[] {
  const hashed = paths.map((path) => ({ path, hash: createHash('sha1').update(path).digest('hex') }));
  hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return hashed.slice(0, most).map(({ path }) => path);
}

/** `root` and the folders below it that have images at any depth, in order, and how many. */
export function foldersOf(paths: readonly string[], root: string): { folder: string; images: number }[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    for (let folder = dirname(path); isIn(folder, root); folder = dirname(folder)) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].map(([folder, images]) => ({ folder, images })).sort((a, b) => order.compare(a.folder, b.folder));
}

function isIn(folder: string, root: string): boolean {
  const way = relative(root, folder);
  return !isAbsolute(way) && !/^\.\.([/\\]|$)/.test(way) && dirname(folder) !== folder;
}
