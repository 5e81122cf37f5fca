import { basename, dirname, extname, join } from 'node:path';
import { isInside } from '../../../formats/inside.ts';
import { isNamedByFolder } from '../../../shared/modelFormats.ts';
import { type Sureness, surenesses } from './nameWords.ts';
import { isTemporary, type NameKey, type ParsedName, parseName } from './runNames.ts';

/** A folder so many levels above the file may hold the number: `step_5000/export/saved_model.pb`. */
export const highest = 2;

/** A file and one way to read its name. */
export interface Reading {
  path: string;
  /** What the number stands in: the file's name without extension, or that of a folder above it. */
  name: string;
  parsed: ParsedName;
  /** Folder that the name lies in, and what follows the name: `.onnx`, `/model.json`. */
  before: string;
  after: string;
  /** Folders above it whose names may hold the number as well, absolute. */
  folders: readonly string[];
}

/** Level 0: the file's own name; 1: its folder's, 2: the one above. */
export function read(path: string, level: number, { told, roots }: { told: boolean; roots: readonly string[] }): Reading | undefined {
  const above = Array.from({ length: level }).reduce<string>((folder) => dirname(folder), path);
  const after = level === 0 ? extname(path) : path.slice(above.length);
  const name = level === 0 ? basename(path, after) : basename(above);
  if (level > 0 && roots.some((root) => isInside(above, root))) return undefined;
  // A name that is the same in every model holds no number; between number and file nothing may be temporary.
  if (level === 0 && isNamedByFolder(path)) return undefined;
  if (
    path
      .slice(dirname(above).length + 1)
      .split(/[\\/]/)
      .some(isTemporary)
  )
    return undefined;
  // Jupyter's copies of what somebody opened.
  if (/[\\/]\.ipynb_checkpoints[\\/]/.test(path)) return undefined;
  const parsed = parseName(name, told ? undefined : { folder: basename(dirname(above)), isFile: level === 0 });
  if (!parsed) return undefined;
  const higher = [dirname(above), dirname(dirname(above))].slice(0, highest - level);
  const folders = higher.filter((folder) => !roots.some((root) => isInside(folder, root)));
  return { path, name, parsed, before: dirname(above), after, folders };
}

/** Parts that may count, and whole numbers behind one that a word names: `epoch_03-93`. */
export function counting({ parsed: { keys } }: Reading, sureness: Sureness): number[] {
  const first = keys.find((key) => key.sureness === sureness);
  if (!first) return [];
  return keys.filter((key) => key.sureness === sureness || (key.sureness === 'bare' && key.part > first.part)).map(({ part }) => part);
}

/**
 * Absolute, with `*` for these parts and for those that differ without counting. `isLoose`: also for dates behind the number, when the
 * checkpoint was saved, and where what follows has the same number again (`epoch_1/model_epoch_1.onnx`).
 */
export function pattern({ parsed, before, after }: Reading, parts: readonly number[], isLoose: boolean): string {
  const [first = 0] = parts;
  const isFree = (index: number) =>
    parts.includes(index) || parsed.free.has(index) || (isLoose && index > first && parsed.dated.has(index));
  const name = parsed.parts.map((part, index) => (isFree(index) ? '*' : part)).join('');
  return join(before, name.replace(/-v\*$/, '')) + (isLoose ? withoutNumber(after, parsed.parts[first] as string) : after);
}

/** `after`: names of folders and a file, or an extension alone. */
function withoutNumber(after: string, digits: string): string {
  const isCount = (parsed: ParsedName, index: number) => parsed.parts[index] === digits && parsed.keys.some(({ part }) => part === index);
  const bare = (name: string) => {
    const parsed = parseName(name);
    return parsed?.parts.map((part, index) => (isCount(parsed, index) ? '*' : part)).join('') ?? name;
  };
  const end = extname(after);
  const names = after.slice(0, after.length - end.length).split(/([\\/])/);
  return names.map(bare).join('') + end;
}

/** Whether a folder above the name has the same number, as surely: what it is called says which checkpoint it is. */
export function isRepeatedAbove({ parsed, folders }: Reading, part: number, sureness: Sureness): boolean {
  const isSame = ({ part: of, sureness: sure }: NameKey, name: ParsedName) =>
    name.parts[of] === parsed.parts[part] && surenesses.indexOf(sure) <= surenesses.indexOf(sureness);
  return folders.some((folder) => {
    const name = parseName(basename(folder), { folder: basename(dirname(folder)), isFile: false });
    return name?.keys.some((key) => isSame(key, name)) ?? false;
  });
}
