import { type FileHandle, open, stat } from 'node:fs/promises';
import { ModelError } from '../../shared/errors.ts';
import { readEvent } from './event.ts';
import { nextRecord } from './records.ts';

/** The values of a tag in the order they were written. */
export interface ScalarColumn {
  step: number[];
  /** Seconds since 1970. */
  wallTime: number[];
  value: number[];
}

export interface EventFileBounds {
  /** Bytes read at once, and of one look at the file. */
  window: number;
  most: number;
  /** Numbers and tags of the whole file. */
  values: number;
  tags: number;
}

const usual: EventFileBounds = { window: 2 ** 20, most: 2 ** 26, values: 2 ** 21, tags: 2000 };
/** Larger records hold pictures, histograms, graphs: they are passed over unread. */
const largestRecord = 2 ** 20;
/** Of the file's beginning: another file of the same name is another run. */
const headLength = 64;

/**
 * The scalars of a TensorBoard event file, read on from where the last look ended: a file of a run grows while it is looked at. What follows
 * a damaged record is not read, since nothing says where the next one begins.
 */
export class EventFile {
  readonly path: string;
  readonly #bounds: EventFileBounds;
  readonly #columns = new Map<string, ScalarColumn>();
  readonly #scalarTags = new Set<string>();
  #offset = 0;
  #size = 0;
  #head = Buffer.alloc(0);
  #identity = '';
  #count = 0;
  #fault: ModelError | undefined;
  #restartsAt: number | undefined;
  #modified = 0;

  constructor(path: string, bounds: Partial<EventFileBounds> = {}) {
    this.path = path;
    this.#bounds = { ...usual, ...bounds };
  }

  get columns(): ReadonlyMap<string, ScalarColumn> {
    return this.#columns;
  }

  /** Why there may be more in the file than was read. A record that is being written is none. */
  get fault(): ModelError | undefined {
    return this.#fault;
  }

  /** The step that a continued run says it starts at: what other files say of it and of later ones is void. */
  get restartsAt(): number | undefined {
    return this.#restartsAt;
  }

  /** ms since 1970. */
  get modified(): number {
    return this.#modified;
  }

  /** Bytes of complete records so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Reads what was appended. Throws ModelError('file-missing'). */
  async read(signal?: AbortSignal): Promise<void> {
    const handle = await this.#open();
    try {
      const { size, mtimeMs, dev, ino } = await handle.stat();
      const head = Buffer.alloc(Math.min(size, headLength));
      await handle.read(head, 0, head.length, 0);
      const identity = `${dev}:${ino}`;
      if (size < this.#offset || identity !== this.#identity || !head.subarray(0, this.#head.length).equals(this.#head)) this.#forget();
      [this.#head, this.#identity, this.#size, this.#modified] = [head, identity, size, mtimeMs];
      this.#fault = undefined;
      await this.#readOn(handle, signal);
    } catch (error) {
      if (error instanceof ModelError && this.#identity !== '') this.#fault = error;
      else throw error;
    } finally {
      await handle.close();
    }
  }

  async #open(): Promise<FileHandle> {
    try {
      // Asked before it is opened: opening a pipe waits for somebody who writes into it.
      if ((await stat(this.path)).isFile()) return await open(this.path, 'r');
    } catch (cause) {
      throw new ModelError('file-missing', `The event file '${this.path}' cannot be read.`, {
        file: this.path,
        hint: 'Check its permissions.',
        cause,
      });
    }
    throw new ModelError('file-missing', `'${this.path}' is no file.`, { file: this.path, hint: 'Check the path.' });
  }

  async #readOn(handle: FileHandle, signal: AbortSignal | undefined): Promise<void> {
    let wanted = this.#bounds.window;
    for (let read = 0; this.#offset < this.#size; ) {
      signal?.throwIfAborted();
      if (read >= this.#bounds.most) throw this.#tooMuch(`of its ${this.#size} bytes ${this.#offset} have been read so far`);
      const bytes = Buffer.alloc(Math.min(wanted, this.#size - this.#offset));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.#offset);
      read += bytesRead;
      const missing = this.#take(bytes.subarray(0, bytesRead));
      if (missing === 0) wanted = this.#bounds.window;
      else if (this.#offset + missing > this.#size || bytesRead < bytes.length) return;
      else if (missing > largestRecord) [this.#offset, wanted] = [this.#offset + missing, this.#bounds.window];
      else wanted = Math.max(missing, this.#bounds.window);
    }
  }

  /** Takes the complete records at the beginning of `bytes`; returns the length of the one that is cut off, 0: none is. */
  #take(bytes: Uint8Array): number {
    for (let at = 0; at < bytes.length; ) {
      const next = nextRecord(bytes, at);
      if (next.kind === 'partial') return next.length;
      if (next.kind === 'corrupt') {
        // At the end of the file it is being written: its space may be there before its bytes are.
        const isLast = this.#offset - at + (next.end ?? Number.NaN) === this.#size;
        if (isLast || bytes.subarray(at).every((byte) => byte === 0)) return Number.POSITIVE_INFINITY;
        throw this.#damaged(`${next.why}. What stands before it is shown`);
      }
      this.#event(next.data);
      this.#offset += next.end - at;
      at = next.end;
    }
    return 0;
  }

  #event(data: Uint8Array): void {
    let event: ReturnType<typeof readEvent>;
    try {
      event = readEvent(data, this.#scalarTags);
    } catch (error) {
      // Its checksum is right: the next one can be found.
      this.#fault = this.#damaged(`${error instanceof Error ? error.message.replace(/\.$/, '') : error}. This record is left out`);
      return;
    }
    if (event.restarts) {
      this.#restartsAt ??= event.step;
      for (const column of this.#columns.values()) drop(column, event.step);
    }
    this.#count += event.scalars.length;
    if (this.#count > this.#bounds.values) throw this.#tooMuch(`more than ${this.#bounds.values} numbers`);
    for (const { tag, value } of event.scalars) {
      const column = this.#column(tag);
      column?.step.push(event.step);
      column?.wallTime.push(event.wallTime);
      column?.value.push(value);
    }
  }

  #column(tag: string): ScalarColumn | undefined {
    const known = this.#columns.get(tag);
    if (known) return known;
    if (this.#columns.size >= this.#bounds.tags) {
      this.#fault = this.#tooMuch(`more than ${this.#bounds.tags} curves`);
      return undefined;
    }
    const column: ScalarColumn = { step: [], wallTime: [], value: [] };
    this.#columns.set(tag, column);
    return column;
  }

  #forget(): void {
    this.#columns.clear();
    this.#scalarTags.clear();
    [this.#offset, this.#count, this.#restartsAt] = [0, 0, undefined];
  }

  #damaged(why: string): ModelError {
    return new ModelError('file-corrupt', `The event file '${this.path}' is damaged at byte ${this.#offset}: ${why}.`, {
      file: this.path,
      where: `byte ${this.#offset}`,
      hint: 'Copy it again, if it is a copy; else what follows is lost.',
    });
  }

  #tooMuch(what: string): ModelError {
    return new ModelError('file-too-large', `The event file '${this.path}' is large: ${what}.`, {
      file: this.path,
      hint: 'Log less often, or to a file for each run.',
    });
  }
}

/** What was written of `step` and later ones is void. */
function drop({ step, wallTime, value }: ScalarColumn, from: number): void {
  let kept = step.length;
  while (kept > 0 && (step[kept - 1] as number) >= from) kept--;
  for (const each of [step, wallTime, value]) each.length = kept;
}
