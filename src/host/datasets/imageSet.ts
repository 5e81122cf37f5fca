import { createHash } from 'node:crypto';
import { dirname, isAbsolute, relative } from 'node:path';

/** So many images are taken of a data set where each of them takes long, or all of them are told of by name. */
export const mostSampled = 5_000;

/** Some images; absolute paths, in order. */
export interface Images {
  images: readonly string[];
  /** There are more. */
  capped: boolean;
}

/** The images of a data set: as many as are looked for. */
export interface ImageSet extends Images {
  /** Absolute; empty: all of the workspace. */
  folder: string;
  /** The folder, or those of the workspace; absolute. */
  roots: readonly string[];
  /** For people: the folder, or the workspace's name. */
  label: string;
  /** Those of them that patches of units are taken from. */
  sample: Images;
  /** Label file that a person chose, absolute. */
  labelFile: string | undefined;
}

const order = new Intl.Collator('en', { numeric: true });

/**
 * The images in order, numbers in names by value. Of too many, those whose hashes are the smallest: from all folders alike,
 * always the same, and a new image replaces one other at most.
 */
export function takeImages(paths: readonly string[], most = mostSampled): Images {
  const capped = paths.length > most;
  return { images: inOrder(capped ? sample(paths, most) : paths), capped };
}

/** Numbers in names by value. */
export function inOrder(paths: readonly string[]): string[] {
  return [...paths].sort(order.compare);
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
