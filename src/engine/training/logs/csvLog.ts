import { basename } from 'node:path';
import { csvRows } from '../../../formats/csv.ts';
import { separatorOf } from '../../../formats/separator.ts';
import { ModelError } from '../../../shared/errors.ts';
import { type LogTable, plain } from './logTable.ts';

const mostColumns = 1000;
/** What writers put where they have no number: Keras `NA`. */
const missing = new Set(['', 'na', 'n/a', 'none', 'null', '-']);

/**
 * Reads the table of a CSV log: Keras' CSVLogger, Lightning's `metrics.csv`, Ultralytics' `results.csv`, and whatever else has names in its
 * first line. Columns with text are left out. A header that stands there again is that of a run that was appended. `isGrowing`: the last
 * line may be cut off. Throws ModelError('file-corrupt').
 */
export async function csvTable(text: string, file: string, isGrowing: boolean): Promise<LogTable> {
  const refused = (problem: string, where?: string) =>
    new ModelError('file-corrupt', `The log '${basename(file)}' ${problem}.`, {
      file,
      ...(where !== undefined && { where }),
      hint: 'A log as table has names in its first line and a line of numbers for each epoch or step.',
    });
  const whole = isGrowing && !/[\r\n]$/.test(text) ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
  const [head, ...rows] = await csvRows(whole, refused);
  if (!head) throw refused('is empty');
  if (head.cells.length > mostColumns) throw refused(`has ${head.cells.length} columns; at most ${mostColumns} are read`, 'line 1');
  if (head.cells.every((cell) => Number.isFinite(numberOf(cell, false) ?? Number.NaN)))
    throw refused('has no names in its first line', 'line 1');
  const commas = separatorOf(text) === ';';
  let names = head.cells;
  const columns = new Map<string, (number | undefined)[]>();
  const texts = new Set<string>();
  let count = 0;
  for (const { cells } of rows) {
    if (isHeader(cells, names)) {
      names = cells;
      continue;
    }
    for (const [i, name] of names.entries()) {
      if (name === '') continue;
      const column = columns.get(name) ?? [];
      columns.set(name, column);
      const value = numberOf(cells[i] ?? '', commas);
      if (value === 'text') texts.add(name);
      else column[count] = value;
    }
    count++;
  }
  for (const name of texts) if (!(columns.get(name) ?? []).some((value) => value !== undefined)) columns.delete(name);
  return { columns, rows: count };
}

/** Whether a line names columns: what the first column is called stands in it again. */
function isHeader(cells: readonly string[], names: readonly string[]): boolean {
  const first = cells[0] ?? '';
  return first !== '' && plain(first) === plain(names[0] ?? '');
}

/** `commas`: 0,5 is a half. */
function numberOf(cell: string, commas: boolean): number | undefined | 'text' {
  const text = cell.toLowerCase();
  if (missing.has(text)) return undefined;
  const [, sign, word] = /^([+-]?)(nan|inf|infinity)$/.exec(text) ?? [];
  if (word !== undefined) return word === 'nan' ? Number.NaN : sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = Number(commas && /^[+-]?\d+,\d+(e[+-]?\d+)?$/.test(text) ? text.replace(',', '.') : text);
  if (!Number.isNaN(value)) return value;
  // A date: 2026-01-31 12:00:00.
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(cell) : Number.NaN;
  return Number.isNaN(date) ? 'text' : date;
}
