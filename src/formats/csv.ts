import { Readable } from 'node:stream';
import { type CsvError, type Info, parse } from 'csv-parse';
import { separatorOf } from './separator.ts';

export interface CsvRow {
  /** Line in the file, from 1. */
  line: number;
  cells: readonly string[];
}

/** Line of so many characters that no table has it. */
const maxLineLength = 2 ** 16;
/** Text that is parsed before others have a turn. */
const textAtOnce = 2 ** 18;

/**
 * Rows of a table with commas, semicolons or tabs; empty lines are left out. `refused` makes the error for a line that cannot be read:
 * `problem` continues a sentence that begins with the file's name, `where` is a phrase: `line 12`.
 */
export async function csvRows(text: string, refused: (problem: string, where: string) => Error): Promise<CsvRow[]> {
  const pieces = Array.from({ length: Math.ceil(text.length / textAtOnce) }, (_, i) => text.slice(i * textAtOnce, (i + 1) * textAtOnce));
  const options = { delimiter: separatorOf(text), info: true, trim: true, skip_empty_lines: true, relax_column_count: true };
  const parser = Readable.from(pieces).pipe(parse({ ...options, max_record_size: maxLineLength }));
  const rows: CsvRow[] = [];
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      rows.push({ line: info.lines, cells: record });
    }
  } catch (cause) {
    const { message, code, lines } = cause as CsvError & { lines?: number };
    const where = `line ${lines ?? (rows.at(-1)?.line ?? 0) + 1}`;
    throw refused(`cannot be read at ${where}: ${problems[code] ?? message.replace(/\.$/, '')}`, where);
  }
  return rows;
}

/** What the parser's codes mean for who wrote the file. */
const problems: Partial<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark in or before it is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'something follows a closing quotation mark',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'something follows a closing quotation mark',
  INVALID_OPENING_QUOTE: 'a quotation mark stands inside a field that has none in front',
  CSV_MAX_RECORD_SIZE: 'the line is too long',
};
