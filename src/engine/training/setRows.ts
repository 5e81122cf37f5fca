import { createHash } from 'node:crypto';
import { Catalogue } from '../../dataset/catalogue.ts';
import type { Outputs } from '../space/rowLabels.ts';
import { type RowLabels, rowLabels } from '../space/rowLabels.ts';
import { DataSetImages } from '../units/dataSetImages.ts';
import type { KnownVersion } from './checkpoint.ts';

/** The images of a data set as they were asked for. */
export interface AskedSet {
  images: readonly string[];
  roots: readonly string[];
  labelFile?: string | undefined;
}

/** The images of a data set, read as far as it takes to know their contents, and their labels in the words of a version. */
export interface SetRows {
  asked: AskedSet;
  found: DataSetImages;
  outputs: Outputs;
  labels: RowLabels;
}

export async function lookAt(
  folder: string,
  asked: AskedSet,
  { signal, looked }: { signal: AbortSignal; looked(count: number): void },
): Promise<DataSetImages> {
  return await DataSetImages.look(new Catalogue(folder), asked.images, signal, looked);
}

/** Throws ModelError('labels' or another) where the label file that was chosen cannot be used. */
export async function rowsOf(asked: AskedSet, found: DataSetImages, known: KnownVersion): Promise<SetRows> {
  const { activation, about } = known.model;
  const outputs: Outputs = { labels: known.labels && [...known.labels], activation, classes: about.classes };
  return { asked, found, outputs, labels: await rowLabels(outputs, asked) };
}

/** Names a set: contents and labels of its images in their order, and the classes. Images that cannot be read are nothing but that. */
export function setKey({ asked, found, labels }: SetRows): string {
  const hash = createHash('sha256').update(JSON.stringify([labels.classes, labels.modelClasses]));
  for (const path of asked.images) {
    const content = found.errors.has(path) ? '' : (found.hashes.get(path) ?? '');
    hash.update(`\n${content} ${content === '' ? -1 : labels.labelOf(path)}`);
  }
  return hash.digest('hex').slice(0, 32);
}

/** By image: which of the contents that were read is its, and its label; −1: none. */
export function columnsOf({ asked, found, labels }: SetRows, names: readonly string[]): { contents: Int32Array; labels: Int32Array } {
  const at = new Map(names.map((name, i) => [name, i]));
  const contents = Int32Array.from(asked.images, (path) => (found.errors.has(path) ? -1 : (at.get(found.hashes.get(path) ?? '') ?? -1)));
  return { contents, labels: contents.map((content, row) => (content < 0 ? -1 : labels.labelOf(asked.images[row] as string))) };
}
