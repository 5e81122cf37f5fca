import { basename } from 'node:path';
import { ModelError } from '../../../shared/errors.ts';
import type { LogTable } from './logTable.ts';

type Cells = (number | undefined)[];

const mostColumns = 1000;

/**
 * Reads the table of a JSON log: `history.history` of Keras or TensorFlow.js ({loss: [...]}), TensorFlow.js' History itself ({epoch: [...],
 * history: {...}}), a list of objects or one in each line, Hugging Face's `trainer_state.json` ({log_history: [...]}). Throws
 * ModelError('file-corrupt').
 */
export function jsonTable(text: string, file: string, isGrowing: boolean): LogTable {
  const value = parsed(text, file, isGrowing);
  const table = tableOf(value);
  if (table) return table;
  throw refused(file, 'holds no curves');
}

function refused(file: string, problem: string, where?: string): ModelError {
  return new ModelError('file-corrupt', `The log '${basename(file)}' ${problem}.`, {
    file,
    ...(where !== undefined && { where }),
    hint: 'A log in JSON is {"loss": [...], ...}, a list of objects, or an object in each line.',
  });
}

function tableOf(value: unknown): LogTable | undefined {
  if (Array.isArray(value)) return fromRecords(value);
  if (!isObject(value)) return undefined;
  if (Array.isArray(value.log_history)) return fromRecords(value.log_history);
  if (isObject(value.history)) return fromLists({ ...value.history, ...(Array.isArray(value.epoch) && { epoch: value.epoch }) });
  if (Array.isArray(value.history)) return fromRecords(value.history);
  return fromLists(value) ?? (Object.values(value).some((each) => typeof each === 'number') ? fromRecords([value]) : undefined);
}

/** JSON.stringify writes null for NaN: a list of numbers has nothing missing. */
function fromLists(lists: Record<string, unknown>): LogTable | undefined {
  const columns = new Map<string, Cells>();
  let rows = 0;
  for (const [name, list] of Object.entries(lists).slice(0, mostColumns)) {
    if (!Array.isArray(list)) continue;
    const cells = list.map((value) => (value === null ? Number.NaN : numberOf(value)));
    if (!cells.some((value) => value !== undefined)) continue;
    columns.set(name, cells);
    rows = Math.max(rows, cells.length);
  }
  return columns.size > 0 ? { columns, rows } : undefined;
}

/** Objects inside of objects are named by a path: `train/loss`. */
function fromRecords(records: readonly unknown[]): LogTable | undefined {
  const columns = new Map<string, Cells>();
  const nulls = new Map<string, number[]>();
  const take = (object: Record<string, unknown>, path: string, row: number, depth: number): void => {
    for (const [key, value] of Object.entries(object)) {
      const name = path + key;
      if (isObject(value) && depth < 3) take(value, `${name}/`, row, depth + 1);
      else if (value === null) {
        if (nulls.size >= mostColumns && !nulls.has(name)) continue;
        nulls.set(name, nulls.get(name) ?? []);
        nulls.get(name)?.push(row);
      } else {
        const cell = numberOf(value);
        if (cell === undefined || (!columns.has(name) && columns.size >= mostColumns)) continue;
        const column = columns.get(name) ?? [];
        columns.set(name, column);
        column[row] = cell;
      }
    }
  };
  for (const [row, record] of records.entries()) if (isObject(record)) take(record, '', row, 0);
  // Null is what JSON.stringify makes of NaN, and what tables with gaps have in most rows.
  for (const [name, rows] of nulls) {
    const column = columns.get(name);
    const numbers = column?.filter((value) => value !== undefined).length ?? 0;
    if (column && rows.length < numbers) for (const row of rows) column[row] = Number.NaN;
  }
  return columns.size > 0 ? { columns, rows: records.length } : undefined;
}

/** Python writes NaN and Infinity, which JSON does not know; they come as texts. */
const names = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);

/** Also of a text, as some writers quote numbers, and of a date. Undefined: no number. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const named = names.get(value.toLowerCase());
  if (named !== undefined) return named;
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isNaN(number)) return number;
  const date = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}

function parsed(text: string, file: string, isGrowing: boolean): unknown {
  const json = text.replace(/("(?:[^"\\]|\\.)*")|(-?\b(?:NaN|Infinity)\b)/g, (_, string, word) => string ?? `"${word}"`);
  try {
    return JSON.parse(json);
  } catch (cause) {
    const lines = json.split('\n').map((line) => line.trim());
    const filled = lines.flatMap((line, i) => (line === '' ? [] : [{ line, at: i + 1 }]));
    // A single object over several lines is no list of objects.
    if (filled.length < 2 && !isGrowing) throw refused(file, `is no valid JSON: ${cause instanceof Error ? cause.message : cause}`);
    return filled.flatMap(({ line, at }, i): unknown[] => {
      try {
        return [JSON.parse(line)];
      } catch (error) {
        // The last line is being written.
        if (i === filled.length - 1 && i > 0) return [];
        throw refused(file, `is no valid JSON in line ${at}: ${error instanceof Error ? error.message : error}`, `line ${at}`);
      }
    });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
