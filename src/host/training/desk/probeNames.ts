import { basename, dirname, sep } from 'node:path';

/** What images are called: by their file, those of the same file name with as much of their folder as tells them apart. `images`: absolute paths. */
export function probeNames(images: readonly string[]): string[] {
  const alike = new Map<string, string[]>();
  for (const image of images) alike.set(basename(image), [...(alike.get(basename(image)) ?? []), image]);
  return images.map((image) => {
    const file = basename(image);
    const others = alike.get(file)!.filter((other) => other !== image);
    if (others.length === 0) return file;
    const depth = dirname(image).split(sep).length;
    for (let parts = 1; parts < depth; parts++) {
      const folder = endOf(image, parts);
      if (others.every((other) => endOf(other, parts) !== folder)) return `${file} in ${folder}`;
    }
    return `${file} in ${dirname(image)}`;
  });
}

/** The last folders that an image lies in. */
function endOf(image: string, parts: number): string {
  return dirname(image).split(sep).slice(-parts).join('/') || '/';
}
