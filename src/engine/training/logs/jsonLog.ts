import { basename } from 'node:path';
import { ModelError } from '../../../shared/errors.ts';
import { isTrainingLoss } from '../../../shared/notFinite.ts';
import type { LogTable } from './logTable.ts';

type Cells = (number | undefined)[];
/** Names of the columns that are null in each row. */
type Nulls = (string[] | undefined)[];

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

function fromLists(lists: Record<string, unknown>): LogTable | undefined {
  const columns = new Map<string, Cells>();
  const nulls: Nulls = [];
  let rows = 0;
  for (const [name, list] of Object.entries(lists).slice(0, mostColumns)) {
    if (!Array.isArray(list)) continue;
    const cells = list.map(numberOf);
    const empty = list.flatMap((value, row) => (value === null ? [row] : []));
    if (empty.length === 0 && !cells.some((value) => value !== undefined)) continue;
    columns.set(name, cells);
    for (const row of empty) addNull(nulls, row, name);
    rows = Math.max(rows, cells.length);
  }
  return settled(columns, nulls, rows);
}

/** Objects inside of objects are named by a path: `train/loss`. */
function fromRecords(records: readonly unknown[]): LogTable | undefined {
  const columns = new Map<string, Cells>();
  const nulls: Nulls = [];
  const take = (object: Record<string, unknown>, path: string, row: number, depth: number): void => {
    for (const [key, value] of Object.entries(object)) {
      const name = path + key;
      if (isObject(value) && depth < 3) take(value, `${name}/`, row, depth + 1);
      else {
        const cell = numberOf(value);
        if ((cell === undefined && value !== null) || (!columns.has(name) && columns.size >= mostColumns)) continue;
        const column = columns.get(name) ?? [];
        columns.set(name, column);
        if (cell === undefined) addNull(nulls, row, name);
        else column[row] = cell;
      }
    }
  };
  for (const [row, record] of records.entries()) if (isObject(record)) take(record, '', row, 0);
  return settled(columns, nulls, records.length);
}

function addNull(nulls: Nulls, row: number, name: string): void {
  const known = nulls[row];
  if (known) known.push(name);
  else nulls[row] = [name];
}

/**
 * Null is what JSON.stringify makes of NaN, and what tables write where they have no number. The loss of training is written whenever the
 * training was: where it is null, the nulls of its row are NaN, but not in a row of something else, which has a number where the row before
 * had null. Undefined: there are no numbers.
 */
function settled(columns: Map<string, Cells>, nulls: Nulls, rows: number): LogTable | undefined {
  nulls.forEach((empty = [], row) => {
    const isOther = nulls[row - 1]?.some((name) => columns.get(name)?.[row] !== undefined) ?? false;
    if (isOther || !empty.some(isTrainingLoss)) return;
    for (const name of empty) (columns.get(name) as Cells)[row] = Number.NaN;
  });
  for (const [name, cells] of columns) if (!cells.some((value) => value !== undefined)) columns.delete(name);
  return columns.size > 0 ? { columns, rows } : undefined;
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
