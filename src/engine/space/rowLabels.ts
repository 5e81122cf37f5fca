import { basename, dirname, relative, resolve, sep } from 'node:path';
import { findLabels, readLabels } from '../../dataset/labels.ts';
import { className, scoresClasses } from '../../shared/classScores.ts';
import type { ErrorRecord } from '../../shared/errors.ts';
import type { ModelInfo } from '../../shared/protocol.ts';
import type { LabelSource } from '../../shared/spaceProtocol.ts';
import { byCodePoint } from '../../sidecar/classFolders.ts';
import { classNamed } from '../../sidecar/trueLabel.ts';

/** What a model calls its outputs. */
export type Outputs = Pick<ModelInfo, 'labels' | 'activation' | 'classes'>;

/** Labels of images as `SpaceRows` has them. */
export interface RowLabels {
  classes: readonly string[];
  modelClasses: number;
  /** By path. */
  labelOf(path: string): number;
  source: LabelSource;
  warnings: readonly ErrorRecord[];
}

interface DataSet {
  images: readonly string[];
  roots: readonly string[];
  labelFile?: string | undefined;
}

/**
 * From the label file that was chosen, one that lies beside the images, or class folders. Throws ModelError where the chosen file cannot
 * be used.
 */
export async function rowLabels(info: Outputs, { images, roots, labelFile }: DataSet): Promise<RowLabels> {
  const { found, warnings } =
    labelFile === undefined
      ? await findLabels(images, roots)
      : { found: await readLabels(labelFile, images, roots), warnings: [] as readonly ErrorRecord[] };
  if (!found) return told(info, images, foldersAsLabels(info, images, roots), { kind: 'folders' }, warnings);
  const labels = { names: found.labels, classes: undefined };
  return told(info, images, labels, { kind: 'file', file: found.file }, [...warnings, ...found.warnings]);
}

/** Folders of a data set that are parts of it, not classes. */
const parts = /^(train|training|val|valid|validation|dev|test|testing|images?|img|data)$/i;

/** Names of images' labels. */
interface Named {
  names: readonly (string | undefined)[];
  /** What the labels call the classes of a model that has no names for them. */
  classes: readonly string[] | undefined;
}

function told(
  info: Outputs,
  images: readonly string[],
  { names, classes }: Named,
  source: LabelSource,
  warnings: readonly ErrorRecord[],
): RowLabels {
  const modelClasses = scoresClasses(info) ? info.classes : 0;
  const own = Array.from({ length: modelClasses }, (_, i) => classes?.[i] ?? className(info, i));
  const named = info.labels !== undefined || classes !== undefined;
  const indices = classIndices(names, own, { named, numbered: source.kind === 'file' });
  const extra = [...indices].filter(([, index]) => index < 0).map(([name]) => name);
  for (const [i, name] of extra.sort(byCodePoint).entries()) indices.set(name, modelClasses + i);
  const labels = new Map(images.map((path, i) => [path, indices.get(names[i] ?? '') ?? -1]));
  return {
    classes: [...own, ...extra],
    modelClasses,
    labelOf: (path) => labels.get(path) ?? -1,
    source: indices.size === 0 ? { kind: 'none' } : source,
    warnings: modelClasses > 0 && extra.length > 0 ? [...warnings, noClass(extra, indices.size, source)] : warnings,
  };
}

function noClass(extra: readonly string[], all: number, source: LabelSource): ErrorRecord {
  const some = extra.slice(0, 3).map((name) => `'${name.slice(0, 60)}'`);
  const list = extra.length > some.length ? `${some.join(', ')} …` : some.join(', ');
  return {
    code: 'labels',
    message: `${extra.length === all ? 'None' : `${all - extra.length}`} of ${all} labels ${all - extra.length === 1 ? 'is a class' : 'are classes'} of the model; it has none called ${list}.`,
    ...(source.kind === 'file' && { file: source.file }),
    hint: 'Images with such a label count as neither right nor wrong. If the model has these classes under other names, name them in its glassbox.json.',
  };
}

interface Spelling {
  /** The classes have names. */
  named: boolean;
  /** Labels may be indices of classes. */
  numbered: boolean;
}

/**
 * Index of each name that is a class of the model; −1 of others. Numbers in a file are names where the model's classes are called so, else
 * indices where all labels are numbers, and none is too large.
 */
function classIndices(
  names: readonly (string | undefined)[],
  classes: readonly string[],
  { named, numbered }: Spelling,
): Map<string, number> {
  const different = [...new Set(names)].filter((name) => name !== undefined);
  const indices = new Map(different.map((name) => [name, (named ? classNamed(name, classes) : undefined) ?? -1]));
  const numbers = numbered && different.every((name) => /^\d{1,7}$/.test(name) && Number(name) < classes.length);
  if (numbers && [...indices.values()].every((index) => index < 0)) for (const name of different) indices.set(name, Number(name));
  return indices;
}

/**
 * The nearest folder upwards, below the root, that names a class of the model. Other folders are labels where they look like classes:
 * several lie side by side and hold images, and are no parts such as `train`. A model without names whose classes are as many has them in their order, as Keras and
 * torchvision number them.
 */
function foldersAsLabels(info: Outputs, images: readonly string[], roots: readonly string[]): Named {
  const folders = new Map<string, string | undefined>();
  const inside = roots.map((root) => resolve(root));
  const classesOfModel = scoresClasses(info) ? info.labels : undefined;
  const siblings = siblingNames(images, inside);
  for (const folder of new Set(images.map((path) => dirname(path)))) {
    const names = foldersBelow(folder, inside);
    const known = classesOfModel && names.find((name) => classNamed(name, classesOfModel) !== undefined);
    folders.set(folder, known ?? (siblings.has(names[0] ?? '') ? names.find((name) => !parts.test(name)) : undefined));
  }
  const different = [...new Set(folders.values())].filter((name) => name !== undefined).sort(byCodePoint);
  const numbered = info.labels === undefined && scoresClasses(info) && info.classes > 1 && different.length === info.classes;
  return { names: images.map((path) => folders.get(dirname(path))), classes: numbered ? different : undefined };
}

/** Names of folders that hold images beside another one that does. */
function siblingNames(images: readonly string[], roots: readonly string[]): ReadonlySet<string> {
  const byParent = new Map<string, Set<string>>();
  for (const folder of new Set(images.map((path) => dirname(path)))) {
    if (foldersBelow(folder, roots).length === 0) continue;
    const beside = byParent.get(dirname(folder)) ?? new Set();
    byParent.set(dirname(folder), beside.add(basename(folder)));
  }
  return new Set([...byParent.values()].filter((beside) => beside.size > 1).flatMap((beside) => [...beside]));
}

/** Names of the folders from below the outermost root that holds `folder` to itself, itself first; none where it is that root or in none. */
function foldersBelow(folder: string, roots: readonly string[]): string[] {
  const below = roots
    .map((root) => relative(root, folder))
    .filter((path) => path !== '' && !path.startsWith('..') && resolve(path) !== path);
  const longest = below.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? [] : longest.split(sep).reverse();
}

/** The folder of a file, relative to the root it is in: `''` for the root itself. */
export function folderOf(path: string, roots: readonly string[]): string {
  const folder = dirname(path);
  const [root] = roots
    .map((each) => resolve(each))
    .filter((each) => folder === each || folder.startsWith(each.endsWith(sep) ? each : each + sep));
  if (root === undefined) return folder;
  const inside = relative(root, folder).replaceAll(sep, '/');
  return roots.length > 1 ? [basename(root), inside].filter((part) => part !== '').join('/') : inside;
}
