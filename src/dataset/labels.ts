import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ErrorRecord, ModelError, toErrorRecord } from '../shared/errors.ts';
import { ImageNames } from './imageNames.ts';
import { bad, type LabelLine, readLabelLines } from './labelLines.ts';

/** What a label file says of the images of a data set. */
export interface FileLabels {
  file: string;
  /** Of each image; undefined: none. */
  labels: readonly (string | undefined)[];
  /** Lines that name no image, images without a line, images with several. */
  warnings: readonly ErrorRecord[];
}

/** Names under which label files lie beside the images, the surest first; metadata.csv and .jsonl as Hugging Face's imagefolder has them. */
const names = ['labels.csv', 'labels.json', 'annotations.csv', 'metadata.csv', 'metadata.jsonl', 'labels.tsv'] as const;

/** A file with so many labels that they are no classes. */
const manyLabels = 1000;

/** The images' labels by a file that a person chose. Throws ModelError: `labels` naming file and line, or that of reading. */
export async function readLabels(file: string, images: readonly string[], roots: readonly string[]): Promise<FileLabels> {
  const finder = new ImageNames(images, roots, file);
  const lines = await readLabelLines(file, (name) => finder.find(name) !== undefined);
  return assign(lines, finder, file, images.length);
}

/**
 * By a file that lies in a root; undefined: there is none. One that says nothing of these images is passed over with a warning: who put
 * it there may have meant something else.
 */
export async function findLabels(
  images: readonly string[],
  roots: readonly string[],
): Promise<{ found: FileLabels | undefined; warnings: readonly ErrorRecord[] }> {
  const warnings: ErrorRecord[] = [];
  for (const root of roots) {
    for (const name of names) {
      const file = join(root, name);
      if (!(await stat(file).catch(() => undefined))?.isFile()) continue;
      try {
        return { found: await readLabels(file, images, roots), warnings };
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        warnings.push(toErrorRecord(error));
      }
    }
  }
  return { found: undefined, warnings };
}

function assign(lines: readonly LabelLine[], finder: ImageNames, file: string, images: number): FileLabels {
  const labels: (string | undefined)[] = new Array<undefined>(images).fill(undefined);
  const nowhere: LabelLine[] = [];
  const contradicting: LabelLine[] = [];
  for (const line of lines) {
    const image = finder.find(line.image);
    if (image === undefined) nowhere.push(line);
    else if (line.label === '' || labels[image] === line.label) continue;
    else if (labels[image] !== undefined) contradicting.push(line);
    else labels[image] = line.label;
  }
  const labelled = labels.filter((label) => label !== undefined).length;
  if (images > 0 && nowhere.length === lines.length) throw bad(file, 'names no image of the data set');
  const different = new Set(labels).size;
  if (different > manyLabels && 2 * different > labelled) throw bad(file, `has ${different} different labels, so they are no classes`);
  return { file, labels, warnings: warningsOf(file, { nowhere, contradicting, lines: lines.length, without: images - labelled, images }) };
}

interface Counted {
  nowhere: readonly LabelLine[];
  contradicting: readonly LabelLine[];
  lines: number;
  without: number;
  images: number;
}

function warningsOf(file: string, { nowhere, contradicting, lines, without, images }: Counted): ErrorRecord[] {
  const name = `'${basename(file)}'`;
  const warnings: ErrorRecord[] = [];
  const warn = (message: string, hint: string, where?: string) => {
    warnings.push({ code: 'labels', message, file, ...(where !== undefined && { where }), hint });
  };
  const [unknown, second] = [nowhere[0], contradicting[0]];
  if (unknown) {
    const first = `the first is '${unknown.image.slice(0, 200)}' in ${unknown.where}`;
    warn(
      `${nowhere.length} of ${lines} lines of ${name} name no image of the data set; ${first}.`,
      'Check the paths: they are looked for from the file and from the folder of the images.',
      unknown.where,
    );
  }
  if (second) {
    const first = `the first is '${second.image.slice(0, 200)}' in ${second.where}`;
    warn(`${contradicting.length} lines of ${name} give an image another label; ${first}.`, 'The first label counts.', second.where);
  }
  if (without > 0) warn(`${without} of ${images} images have no label in ${name}.`, 'They take no part in what is told of labels.');
  return warnings;
}
