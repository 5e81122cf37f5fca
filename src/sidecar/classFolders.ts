import { opendir, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';

const imageExtensions = new Set(['.png', '.jpg', '.jpeg', '.webp', '.bmp', '.gif', '.tif', '.tiff']);
/** Files looked at in a folder before it counts as one without images. */
const LOOK_AT = 200;

/**
 * Class names told by the folders of the data: the image's folder and those beside it, if there is one per class and every
 * one holds images. Sorted by code point, as Keras' image_dataset_from_directory and torchvision's ImageFolder number them.
 */
export async function classFolders(imagePath: string, classes: number): Promise<readonly string[] | undefined> {
  const own = dirname(resolve(imagePath));
  const above = dirname(own);
  if (classes < 2 || above === own) return undefined;
  const names = await folderNames(above).catch((): string[] => []);
  if (names.length !== classes || !names.includes(basename(own))) return undefined;
  for (const name of names) {
    if (!(await holdsImages(join(above, name)).catch(() => false))) return undefined;
  }
  return names.sort(byCodePoint);
}

async function folderNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const target = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => undefined) : entry;
    if (target?.isDirectory()) names.push(entry.name);
  }
  return names;
}

async function holdsImages(folder: string): Promise<boolean> {
  let seen = 0;
  for await (const entry of await opendir(folder)) {
    if (imageExtensions.has(extname(entry.name).toLowerCase())) return true;
    if (++seen >= LOOK_AT) return false;
  }
  return false;
}

/** Python's order of strings; JavaScript's own compares UTF-16 units, which differs above U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const left = Array.from(a, (c) => c.codePointAt(0)!);
  const right = Array.from(b, (c) => c.codePointAt(0)!);
  const differs = left.findIndex((code, i) => code !== right[i]);
  if (differs < 0) return left.length - right.length;
  return differs >= right.length ? 1 : left[differs]! - right[differs]!;
}
