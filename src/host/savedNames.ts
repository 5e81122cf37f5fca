import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** A name of something (layer, class, method) as part of a file's name. */
export function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}_.-]+/gu, '_');
}

/** `name`, or `name-2` where the folder has frames of that name already. */
export async function freeName(folder: string, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const stem = number === 1 ? name : `${name}-${number}`;
    const taken = await Promise.all([frameName(stem, 0), `${stem}.json`].map((file) => isThere(join(folder, file))));
    if (!taken.includes(true)) return stem;
  }
}

/** `star-0012.png`: in order as text, too. */
export function frameName(stem: string, index: number): string {
  return `${stem}-${String(index).padStart(4, '0')}.png`;
}

/** JSON: a row of numbers on a line, everything else indented. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text.replace(/\[\s+((?:-?[\d.eE+-]+|null)(?:,\s+(?:-?[\d.eE+-]+|null))*)\s+\]/g, (_, row: string) => `[${row.replace(/\s+/g, ' ')}]`)}\n`;
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
