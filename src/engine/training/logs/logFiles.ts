import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { readFileBounded } from '../../../formats/file.ts';
import { type LogKind, logKind } from '../../../formats/logKind.ts';
import { EventFile } from '../../../formats/tensorboard/eventFile.ts';
import { type ErrorRecord, isAbort, ModelError, toErrorRecord } from '../../../shared/errors.ts';
import type { TrainingLog } from '../../../shared/trainingProtocol.ts';
import { boardLogs } from './boardLogs.ts';
import { csvTable } from './csvLog.ts';
import { jsonTable } from './jsonLog.ts';
import { tableLog } from './logTable.ts';

/** Files at once; what is known of others is forgotten. */
const mostFiles = 64;
const maxText = 2 ** 25;
/** A file written to within so many ms may be in the middle of a line. */
const growing = 10_000;
const sniffed = 4096;

interface Table {
  stamp: string;
  log: TrainingLog;
}

/** The log files that were read lately: unchanged ones are not read again, event files are read on from where they ended. */
export class LogFiles {
  readonly #events = new Map<string, EventFile>();
  readonly #tables = new Map<string, Table>();
  #turn: Promise<unknown> = Promise.resolve();

  /** One call after the other: an event file is read on by one at a time. */
  async read(files: readonly string[], signal: AbortSignal): Promise<readonly TrainingLog[]> {
    const turn = this.#turn.then(() => this.#read(files.slice(0, mostFiles), signal));
    this.#turn = turn.catch(() => {});
    return await turn;
  }

  async #read(files: readonly string[], signal: AbortSignal): Promise<readonly TrainingLog[]> {
    const tables: TrainingLog[] = [];
    const events: EventFile[] = [];
    const failures: TrainingLog[] = [];
    for (const file of files) {
      signal.throwIfAborted();
      let kind: LogKind | undefined;
      try {
        kind = await kindOf(file);
        if (kind === 'tensorboard') events.push(await this.#event(file, signal));
        else if (kind) tables.push(await this.#table(file, kind));
        else throw new ModelError('format-unknown', `'${basename(file)}' is no log that Glassbox reads.`, { file });
      } catch (error) {
        if (isAbort(error)) throw error;
        failures.push(unread(file, kind ?? 'csv', [toErrorRecord(error)]));
      }
    }
    for (const map of [this.#events, this.#tables]) for (const path of [...map.keys()].slice(0, -mostFiles)) map.delete(path);
    return [...tables, ...boardLogs(events), ...failures];
  }

  async #event(path: string, signal: AbortSignal): Promise<EventFile> {
    const known = this.#events.get(path) ?? new EventFile(path);
    await known.read(signal);
    this.#events.delete(path);
    this.#events.set(path, known);
    return known;
  }

  async #table(path: string, kind: 'csv' | 'json'): Promise<TrainingLog> {
    const { size, mtimeMs, ino } = await stat(path);
    const isGrowing = Math.abs(Date.now() - mtimeMs) < growing;
    const stamp = `${size} ${mtimeMs} ${ino} ${isGrowing}`;
    const known = this.#tables.get(path);
    if (known?.stamp === stamp) return known.log;
    let bytes: Buffer;
    try {
      bytes = await readFileBounded(path, { what: 'log', maxBytes: maxText });
    } catch (error) {
      // Written to at this moment: what it said before is still true.
      if (known && error instanceof ModelError && error.code === 'file-changed') return known.log;
      throw error;
    }
    const log = { ...(await tableFile(path, kind, bytes, isGrowing)), modified: mtimeMs };
    this.#tables.delete(path);
    this.#tables.set(path, { stamp, log });
    return log;
  }
}

async function tableFile(file: string, kind: 'csv' | 'json', bytes: Buffer, isGrowing: boolean): Promise<Omit<TrainingLog, 'modified'>> {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = new TextDecoder(wide ? 'utf-16le' : 'utf-8').decode(bytes);
  const { axis, series, restarts } = tableLog(kind === 'csv' ? await csvTable(text, file, isGrowing) : jsonTable(text, file, isGrowing));
  const warnings: ErrorRecord[] = [];
  if (restarts > 0) {
    const message = `'${basename(file)}' holds ${restarts + 1} runs, one after the other: where they overlap, the last one is drawn.`;
    warnings.push({ code: 'stale', message, file });
  }
  return { file, kind, axis, series, warnings };
}

function unread(file: string, kind: LogKind, warnings: readonly ErrorRecord[]): TrainingLog {
  return { file, kind, modified: Number.NaN, axis: 'epoch', series: [], warnings };
}

async function kindOf(file: string): Promise<LogKind | undefined> {
  const missing = (cause: unknown) => {
    throw new ModelError('file-missing', `The log '${file}' cannot be read.`, { file, hint: 'Check that it is there.', cause });
  };
  // Asked before it is opened: opening a pipe waits for somebody who writes into it.
  if (!(await stat(file).catch(missing)).isFile()) missing(undefined);
  const handle = await open(file, 'r').catch(missing);
  try {
    const first = Buffer.alloc(sniffed);
    const { bytesRead } = await handle.read(first, 0, sniffed, 0);
    return logKind(basename(file), first.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}
