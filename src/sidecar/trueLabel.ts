import { basename, dirname, resolve } from 'node:path';

/**
 * Index of the class that the image's folder names, or undefined. Case, spaces, `_` and `-` do not count, nor does a
 * WordNet id in front (`n01440764`); an id alone matches a label that starts with it. Two labels that match: undefined.
 */
export function trueLabel(imagePath: string, labels: readonly string[]): number | undefined {
  const folder = basename(dirname(resolve(imagePath)));
  return (
    only(labels, (label) => plain(label) === plain(folder)) ??
    only(labels, (label) => plain(withoutId(label)) === plain(withoutId(folder))) ??
    only(labels, (label) => plain(withoutId(label).split(',')[0]!) === plain(withoutId(folder))) ??
    only(labels, (label) => wordNetId(folder) !== undefined && wordNetId(label) === wordNetId(folder))
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
