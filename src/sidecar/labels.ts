import { basename, extname } from 'node:path';
import { readFileBounded } from '../formats/file.ts';
import { ModelError } from '../shared/errors.ts';
import { isObject, MAX_LABELS } from './parse.ts';

const MAX_LABEL_BYTES = 16 * 2 ** 20;
const MAX_LABEL_LENGTH = 1000;

/** Class names of a label file, in output order; undefined: the JSON file is about something else. */
export async function readLabelFile(path: string): Promise<readonly string[] | undefined> {
  const bytes = await readFileBounded(path, { what: 'label file', maxBytes: MAX_LABEL_BYTES });
  return parseLabels(new TextDecoder().decode(bytes), path);
}

/**
 * `.json`: a list, `{"0": "cat"}`, `{"cat": 0}`, `{"0": ["n02123045", "tabby"]}` (Keras' imagenet_class_index) or an object
 * with such a thing under `labels` (Teachable Machine's metadata.json). Otherwise one name per line; numbers in front are
 * left out where they count the lines. Throws ModelError('labels') where an order cannot be told for certain.
 */
export function parseLabels(text: string, file: string): readonly string[] | undefined {
  const names = extname(file).toLowerCase() === '.json' ? fromJson(text.replace(/^\ufeff/, ''), file) : fromLines(text, file);
  if (names && names.length > MAX_LABELS) throw bad(file, `holds ${names.length} names`);
  return names?.map(clean);
}

function fromLines(text: string, file: string): string[] {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim());
  while (lines.at(-1) === '') lines.pop();
  const blank = lines.indexOf('');
  if (lines.length === 0) throw bad(file, 'is empty');
  if (blank >= 0) throw bad(file, `has nothing in line ${blank + 1}, so the names after it cannot be placed`);
  return withoutNumbers(lines);
}

/** `0 cat`, `1: dog` …: the numbers go if, and only if, every line has one and they count from 0 or 1. */
function withoutNumbers(lines: string[]): string[] {
  const parts = lines.map((line) => /^(\d+)\s*[:,;\s]\s*(\S.*)$/.exec(line));
  const first = Number(parts[0]?.[1]);
  if (first !== 0 && first !== 1) return lines;
  return parts.every((part, i) => part && Number(part[1]) === first + i) ? parts.map((part) => part![2]!) : lines;
}

function fromJson(text: string, file: string): string[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw bad(file, `is no valid JSON: ${cause instanceof Error ? cause.message : cause}`);
  }
  if (isObject(json) && Object.hasOwn(json, 'labels')) return namesIn(json.labels) ?? fail(file);
  // metadata.json is a common name: without `labels` it is none of ours.
  if (basename(file) === 'metadata.json') return undefined;
  return namesIn(json) ?? fail(file);
}

function namesIn(json: unknown): string[] | undefined {
  if (Array.isArray(json)) return json.length > 0 && json.every((name) => typeof name === 'string') ? json : undefined;
  if (!isObject(json)) return undefined;
  const entries = Object.entries(json);
  const byIndex = entries.map(([key, value]): [string, unknown] => (typeof value === 'number' ? [String(value), key] : [key, value]));
  const names: string[] = [];
  for (const [index, value] of byIndex) {
    const name = Array.isArray(value) ? value.at(-1) : value;
    const isIndex = /^(0|[1-9]\d{0,6})$/.test(index) && Number(index) < entries.length;
    if (!isIndex || typeof name !== 'string' || names[Number(index)] !== undefined) return undefined;
    names[Number(index)] = name;
  }
  return names.length > 0 ? names : undefined;
}

function fail(file: string): never {
  throw bad(file, 'is neither a list of names nor an object that gives each of 0, 1, 2 … one name');
}

/** Names are shown in terminals and pages: no control characters, no endless lines. */
function clean(name: string): string {
  return name
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, MAX_LABEL_LENGTH);
}

function bad(file: string, problem: string): ModelError {
  return new ModelError('labels', `The label file '${file}' ${problem}.`, {
    file,
    hint: 'Write one class name per line, in the order of the outputs.',
  });
}

/** The warning for labels that do not fit the model's output. */
export function wrongCount(from: string, names: number, classes: number): ModelError {
  return new ModelError('labels', `${from} has ${names} class names, but the model has ${classes} outputs; the names are not used.`, {
    hint: `Give ${classes} names in the order of the outputs.${likelyReason(names, classes)}`,
  });
}

function likelyReason(names: number, classes: number): string {
  if (classes === 1) return ' A single output is the score of one class: give the name of that one.';
  if (names === classes + 1)
    return ' One too many is often a background class at the start that this model does not have: remove its name.';
  if (names === classes - 1) return ' One too few is often a background class that this model has as output 0: add a first name for it.';
  return '';
}
