import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readFileBounded } from '../formats/file.ts';

/** Class names that many models share. Offered by the number of outputs, used where a sidecar names the set. */
export interface LabelSet {
  /** What a sidecar's `labels` says. */
  id: string;
  /** For people. */
  label: string;
  /** Numbers of outputs it has names for. */
  sizes: readonly number[];
  /** In media/labels. */
  file: string;
  /** The names of so many outputs, from those of the file. */
  pick(names: readonly string[], classes: number): readonly string[];
}

/** Outputs of 21,843 that the models with 21,841 do not have: media/labels/README.md. */
const onlyIn21843 = new Set([9205, 15027]);

export const labelSets: readonly LabelSet[] = [
  { id: 'imagenet-1k', label: 'ImageNet-1k', sizes: [1000], file: 'imagenet-1k.txt', pick: (names) => names },
  {
    id: 'imagenet-1k-background',
    label: 'ImageNet-1k with background',
    sizes: [1001],
    file: 'imagenet-1k.txt',
    pick: (names) => ['background', ...names],
  },
  {
    id: 'imagenet-21k',
    label: 'ImageNet-21k',
    sizes: [21843, 21841],
    file: 'imagenet-21k.txt',
    pick: (names, classes) => (classes === 21841 ? names.filter((_, i) => !onlyIn21843.has(i)) : names),
  },
];

export function findLabelSet(id: string): LabelSet | undefined {
  return labelSets.find((set) => set.id === id);
}

/** Sets with names for so many outputs. */
export function labelSetsFor(classes: number): readonly LabelSet[] {
  return labelSets.filter(({ sizes }) => sizes.includes(classes));
}

/** Files that were read. */
const files = new Map<string, readonly string[]>();

/** Names of a set, one per output where the set has that many. */
export async function namesOf(set: LabelSet, classes: number): Promise<readonly string[]> {
  const names = files.get(set.file) ?? (await readNames(set.file));
  files.set(set.file, names);
  return set.pick(names, classes);
}

async function readNames(file: string): Promise<readonly string[]> {
  const bytes = await readFileBounded(`${folder()}${file}`, { what: 'list of class names', maxBytes: 2 ** 20 });
  return new TextDecoder().decode(bytes).trimEnd().split('\n');
}

/** media/labels, from the bundle in dist and from the source. */
function folder(): string {
  const places = ['../media/labels/', '../../media/labels/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return places.find((place) => existsSync(place)) ?? places[0]!;
}
