import { basename, dirname, resolve } from 'node:path';

/**
 * Index of the class that the image's folder names, or undefined. Case, spaces, `_` and `-` do not count, nor does a
 * WordNet id in front (`n01440764`); an id alone matches a label that starts with it. Two labels that match: undefined.
 */
export function trueLabel(imagePath: string, labels: readonly string[]): number | undefined {
  return classNamed(basename(dirname(resolve(imagePath))), labels);
}

/** Index of the class that a name, of a folder or in a label file, means in the same way. */
export function classNamed(name: string, labels: readonly string[]): number | undefined {
  return (
    only(labels, (label) => plain(label) === plain(name)) ??
    only(labels, (label) => plain(withoutId(label)) === plain(withoutId(name))) ??
    only(labels, (label) => plain(withoutId(label).split(',')[0]!) === plain(withoutId(name))) ??
    only(labels, (label) => wordNetId(name) !== undefined && wordNetId(label) === wordNetId(name))
  );
}

function only(labels: readonly string[], matches: (label: string) => boolean): number | undefined {
  const first = labels.findIndex((label) => matches(label));
  if (first < 0) return undefined;
  return labels.findLastIndex((label) => matches(label)) === first ? first : undefined;
}

function plain(name: string): string {
  const letters = name
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '');
  // A name of such characters only says nothing.
  return letters === '' ? name : letters;
}

function wordNetId(name: string): string | undefined {
  return /^n\d{8}(?!\d)/.exec(name)?.[0];
}

/** The name behind the id; the id itself where nothing follows. */
function withoutId(name: string): string {
  return name.replace(/^n\d{8}[\s_:,-]+(?=\S)/, '');
}
