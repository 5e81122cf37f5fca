import { stat } from 'node:fs/promises';
import { parse, sep } from 'node:path';

/** Where a data set keeps the pictures, and where the masks of the same names are. */
const beside: readonly [string, string] = ['images', 'masks'];

/** By image: a picture that is white where the object is, of the same name in `masks` instead of `images`. */
export async function masksOf(images: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const found = await Promise.all(images.map(async (image) => [image, await maskOf(image)] as const));
  return Object.fromEntries(found.flatMap(([image, mask]) => (mask === undefined ? [] : [[image, mask]])));
}

async function maskOf(image: string): Promise<string | undefined> {
  const [from, to] = beside;
  const { dir, name } = parse(image);
  const folders = dir.split(sep);
  const at = folders.lastIndexOf(from);
  if (at < 0) return undefined;
  const mask = [...folders.slice(0, at), to, ...folders.slice(at + 1), `${name}.png`].join(sep);
  return (await stat(mask).catch(() => undefined))?.isFile() ? mask : undefined;
}
