import { stat } from 'node:fs/promises';
import { dirname, parse, sep } from 'node:path';

/** Folder of pictures → folder that mirrors it with their masks; both may have several parts ("annotations/trimaps"). */
export type MaskFolders = Readonly<Record<string, string>>;

/** What data sets add to the name of a picture: nothing, Carvana's, ISIC's. */
const additions = ['', '_mask', '_segmentation'];

/** By image: a picture that tells where the object is (see `image/objectMask`), of the same name in the folder of masks. */
export async function masksOf(images: readonly string[], folders: MaskFolders): Promise<Readonly<Record<string, string>>> {
  const found = await Promise.all(images.map(async (image) => [image, await firstFile(candidates(image, folders))] as const));
  return Object.fromEntries(found.flatMap(([image, mask]) => (mask === undefined ? [] : [[image, mask]])));
}

/** Images of a data set without those in a folder of masks for others. */
export function withoutMasks(images: readonly string[], folders: MaskFolders): readonly string[] {
  const own = [...new Set(images.map((image) => dirname(image)))];
  const isIn = (folder: string, root: string) => folder === root || folder.startsWith(root + sep);
  // Where pictures and masks share a folder nothing tells them apart.
  const roots = new Set(own.flatMap((folder) => mirrors(folder, folders).flatMap(({ root }) => (isIn(folder, root) ? [] : [root]))));
  const masks = new Set(own.filter((folder) => [...roots].some((root) => isIn(folder, root))));
  return masks.size === 0 ? images : images.filter((image) => !masks.has(dirname(image)));
}

function candidates(image: string, folders: MaskFolders): string[] {
  const { dir, name } = parse(image);
  return mirrors(dir, folders).flatMap(({ folder }) => additions.map((addition) => `${folder}${sep}${name}${addition}.png`));
}

/** Where masks of the pictures in a folder would lie; `root`: the folder that holds masks only. */
function mirrors(dir: string, folders: MaskFolders): { root: string; folder: string }[] {
  const parts = dir.split(sep);
  return Object.entries(folders).flatMap(([from, to]) => {
    const [own, others] = [partsOf(from), partsOf(to)];
    const at = own.length === 0 ? -1 : lastIndexOf(parts, own);
    if (at < 0 || others.length === 0) return [];
    const root = [...parts.slice(0, at), ...others];
    return [{ root: root.join(sep), folder: [...root, ...parts.slice(at + own.length)].join(sep) }];
  });
}

function partsOf(path: string): string[] {
  return path.split(/[\\/]/).filter((part) => part !== '');
}

/** Where `some` stand in a row last; -1: nowhere. */
function lastIndexOf(parts: readonly string[], some: readonly string[]): number {
  for (let at = parts.length - some.length; at >= 0; at--) if (some.every((part, i) => parts[at + i] === part)) return at;
  return -1;
}

async function firstFile(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if ((await stat(path).catch(() => undefined))?.isFile()) return path;
  return undefined;
}
