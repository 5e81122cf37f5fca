import { basename, extname } from 'node:path';
import { type CsvRow, csvRows } from '../formats/csv.ts';
import { readFileBounded } from '../formats/file.ts';
import { ModelError } from '../shared/errors.ts';

/** What a label file says of one image. */
export interface LabelLine {
  /** Where it stands, a phrase: `line 12`, `entry 12`. */
  where: string;
  /** As it is written: a path, a name, an id. */
  image: string;
  /** Empty: none. */
  label: string;
}

const maxBytes = 2 ** 26;
const maxLabelLength = 1000;

/**
 * All lines of a label file: CSV (also with tabs or semicolons), JSON, or JSON by line. `isImage`: whether a name is that of an image of
 * the data set: that is how columns without a header are told apart. Throws ModelError: `labels` naming the line, or that of reading.
 */
export async function readLabelLines(file: string, isImage: (name: string) => boolean): Promise<readonly LabelLine[]> {
  const text = decode(await readFileBounded(file, { what: 'label file', maxBytes }), file);
  if (text.trim() === '') throw bad(file, 'is empty');
  const extension = extname(file).toLowerCase();
  if (extension === '.json') return fromJson(parseJson(text, file, undefined), file);
  if (extension === '.jsonl' || extension === '.ndjson') return fromJsonLines(text, file);
  return fromTable(await csvRows(text, (problem, where) => bad(file, problem, where)), file, isImage);
}

/** The error for a label file; `problem` continues a sentence that begins with its name. */
export function bad(file: string, problem: string, where?: string): ModelError {
  return new ModelError('labels', `The label file '${basename(file)}' ${problem}.`, {
    file,
    ...(where !== undefined && { where }),
    hint: 'Give it a column \'file\' and a column \'label\', or as JSON {"cats/1.png": "cat"}.',
  });
}

function decode(bytes: Buffer, file: string): string {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(wide ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw bad(file, 'is no text in UTF-8');
  }
}

// ---------------------------------------------------------------- tables

/** Names of columns without case and what joins words, the surest first. */
const imageColumns = [
  ...['path', 'filepath', 'imagepath', 'relativepath', 'filename', 'file', 'imagefile', 'imagename', 'image', 'img', 'imageid'],
  ...['picture', 'photo', 'name', 'id'],
];
/** Names rather than numbers, where a table has both. */
const labelColumns = [
  ...['classname', 'labelname', 'categoryname', 'label', 'class', 'category', 'target', 'diagnosis', 'dx', 'species', 'breed', 'truth'],
  ...['groundtruth', 'labels', 'classid', 'labelid', 'categoryid', 'classindex', 'y'],
];

const plain = (name: string) => name.toLowerCase().replaceAll(/[\s_-]+/g, '');

function columnIn(names: readonly string[], known: readonly string[]): number {
  const own = names.map(plain);
  const found = known.find((name) => own.includes(name));
  return found === undefined ? -1 : own.indexOf(found);
}

function fromTable(rows: readonly CsvRow[], file: string, isImage: (name: string) => boolean): LabelLine[] {
  const { image, label, body } = columnsOf(rows, file, isImage);
  const header = rows[0]?.cells ?? [];
  return body.map(({ line, cells }) => {
    const where = `line ${line}`;
    if (cells.length <= Math.max(image, label)) throw bad(file, `has too few columns in ${where}`, where);
    const text = label < 0 ? header[markedIn(cells.slice(0, header.length), image)] : cells[label];
    return { where, image: cells[image] as string, label: clean(text as string) };
  });
}

/** Of cells that are 0 and one of which is 1 that one; −1: they are not. The image's does not count. */
function markedIn(cells: readonly string[], image: number): number {
  const numbers = cells.map((cell, column) => (column === image ? 0 : Number(cell === '' ? Number.NaN : cell)));
  return numbers.every((number) => number === 0 || number === 1) && numbers.indexOf(1) === numbers.lastIndexOf(1) ? numbers.indexOf(1) : -1;
}

/** `label` −1: there is a column for each class, and a 1 in that of the image's. */
function columnsOf(
  rows: readonly CsvRow[],
  file: string,
  isImage: (name: string) => boolean,
): { image: number; label: number; body: readonly CsvRow[] } {
  const header = rows[0]?.cells ?? [];
  const columns = header.length;
  if (columns < 2) throw bad(file, 'has only one column', 'line 1');
  const named = header.some(isImage) ? -1 : columnIn(header, imageColumns);
  if (named >= 0) {
    const [label, body] = [labelIn(header, named), rows.slice(1)];
    const marked = label < 0 && columns > 2 && body.length > 0 && body.every(({ cells }) => markedIn(cells.slice(0, columns), named) >= 0);
    if (label >= 0 || marked) return { image: named, label, body };
    throw bad(file, `has no column of labels; its columns are ${header.slice(0, 8).join(', ')}`, 'line 1');
  }
  // No header, or one in words of its own: what names images is the column of images.
  const some = rows.slice(0, 100);
  const hits = header.map((_, column) => some.filter(({ cells }) => isImage(cells[column] ?? '')).length);
  const image = hits.indexOf(Math.max(...hits));
  const label = labelIn(header, image);
  if (hits[image] === 0) throw bad(file, 'has no column that names images of the data set', 'line 1');
  if (label < 0) throw bad(file, `has ${columns} columns, none of which is called 'label'`, 'line 1');
  return { image, label, body: isImage(header[image] as string) ? rows : rows.slice(1) };
}

/** The column called so; of two the other one. */
function labelIn(header: readonly string[], image: number): number {
  const others = header.map((name, column) => (column === image ? '' : name));
  const named = columnIn(others, labelColumns);
  return named >= 0 || header.length !== 2 ? named : 1 - image;
}

// ---------------------------------------------------------------- JSON

function parseJson(text: string, file: string, where: string | undefined): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw bad(file, where === undefined ? `is no valid JSON: ${problem}` : `is no valid JSON in ${where}: ${problem}`, where);
  }
}

function fromJson(json: unknown, file: string): LabelLine[] {
  if (Array.isArray(json)) return json.map((entry, i) => fromObject(entry, `entry ${i + 1}`, file));
  if (!isObject(json)) throw bad(file, 'holds neither an object nor a list');
  const inner = Object.entries(json).find(([key, value]) => ['labels', 'annotations', 'images'].includes(key) && typeof value === 'object');
  if (inner && Object.keys(json).length === 1) return fromJson(inner[1], file);
  return Object.entries(json).map(([image, value], i) => {
    const where = `entry ${i + 1}`;
    const label = isObject(value) ? value[Object.keys(value)[columnIn(Object.keys(value), labelColumns)] ?? ''] : value;
    return { where, image, label: textOf(label, where, file) };
  });
}

function fromJsonLines(text: string, file: string): LabelLine[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, i) => {
    const where = `line ${i + 1}`;
    return line.trim() === '' ? [] : [fromObject(parseJson(line, file, where), where, file)];
  });
}

function fromObject(entry: unknown, where: string, file: string): LabelLine {
  if (!isObject(entry)) throw bad(file, `does not say which image ${where} is about`, where);
  const keys = Object.keys(entry);
  const [image, label] = [keys[columnIn(keys, imageColumns)], keys[columnIn(keys, labelColumns)]];
  if (image === undefined || label === undefined) {
    throw bad(file, `has ${image === undefined ? 'no image' : 'no label'} in ${where}; its keys are ${keys.slice(0, 8).join(', ')}`, where);
  }
  return { where, image: textOf(entry[image], where, file), label: textOf(entry[label], where, file) };
}

function textOf(value: unknown, where: string, file: string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return clean(String(value));
  throw bad(file, `has neither text nor a number as a label in ${where}`, where);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Labels are shown in pages. Whole numbers that pandas wrote as 3.0 are whole again. */
function clean(label: string): string {
  const text = label.replaceAll(/\p{Cc}/gu, ' ').trim();
  return (/^\d+\.0+$/.test(text) ? text.slice(0, text.indexOf('.')) : text).slice(0, maxLabelLength);
}
