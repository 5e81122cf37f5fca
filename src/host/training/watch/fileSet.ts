import { basename, dirname, join } from 'node:path';
import { checkHdf5 } from './complete/hdf5.ts';
import type { Check, Checked } from './complete/kind.ts';
import { checkOnnx } from './complete/onnx.ts';
import { checkSavedModel } from './complete/savedModel.ts';
import { checkTfjs } from './complete/tfjs.ts';
import { checkTflite } from './complete/tflite.ts';
import { TooShort, WindowReader } from './complete/windowReader.ts';
import { checkZip } from './complete/zipEnd.ts';
import { type Disk, type FileStamp, reasonOf } from './disk.ts';

/** The files that a checkpoint consists of, at one look. */
export interface SetLook {
  /** Those that are there, the model file first. */
  files: readonly FileStamp[];
  /** Of all of them, and of what is missing. */
  stamp: string;
  bytes: number;
  /** ms since 1970, of the file written last. */
  modified: number;
  /** Undefined: all is there. Else what is not, a sentence. */
  missing: string | undefined;
}

/** What was read within so long, ms, of the first sight of a stamp is read again: times of files are too coarse to tell of the next write. */
const coarse = 50;

interface Known {
  stamp: string;
  value: unknown;
  /** When it was read, `performance.now()`, and whether that was long enough after the stamp was first seen. */
  at: number;
  isSure: boolean;
}

/** The files of one checkpoint. What they hold is read once or twice for each of their stamps, and only what tells whether they are all. */
export class FileSet {
  readonly path: string;
  readonly #disk: Disk;
  readonly #read = new Map<string, Known>();
  /** The names asked for at the last look. */
  #names: readonly string[] = [];

  constructor(path: string, disk: Disk) {
    this.path = path;
    this.#disk = disk;
  }

  /** Undefined: the model file is not there. `fresh`: a network drive is not to answer from memory. */
  async look(fresh = false): Promise<SetLook | undefined> {
    const name = basename(this.path);
    let main: FileStamp | undefined;
    try {
      main = await this.#disk.stat(this.path, fresh);
    } catch (error) {
      return { files: [], stamp: `? ${reasonOf(error)}`, bytes: 0, modified: 0, missing: `${name} cannot be read: ${reasonOf(error)}.` };
    }
    if (!main) return undefined;
    if (!main.isFile) return lookOf([main], [], `${name} is no file.`);
    const parts = new Map<string, FileStamp | undefined>();
    const missing = await this.#check(main, name, parts, fresh);
    this.#names = [...parts.keys()];
    const there = [...parts.values()].filter((part) => part !== undefined);
    const absent = [...parts].flatMap(([each, part]) => (part ? [] : [each]));
    return lookOf([main, ...there], absent, missing);
  }

  /** The stamp of the same files as at the last look, and nothing else of them; undefined where one cannot be known. */
  async stampNow(): Promise<string | undefined> {
    const folder = dirname(this.path);
    const paths = [this.path, ...this.#names.map((name) => join(folder, name))];
    // What may not be opened may be asked for its times.
    const stampOf = (path: string) => this.#disk.stat(path, true).catch(() => this.#disk.stat(path));
    const all = await Promise.all(paths.map(stampOf)).catch(() => []);
    const [main, ...parts] = all.map((file) => (file?.isFile ? file : undefined));
    if (!main) return undefined;
    const there = parts.filter((part) => part !== undefined);
    const absent = this.#names.filter((_, i) => !parts[i]);
    return lookOf([main, ...there], absent, undefined).stamp;
  }

  async #check(main: FileStamp, name: string, parts: Map<string, FileStamp | undefined>, fresh: boolean): Promise<string | undefined> {
    const checked: Checked = {
      ...{ main, name },
      part: async (part) => {
        // Their order is that in which they were asked for, whatever the disk answers first.
        parts.set(part, undefined);
        const stamp = await this.#disk.stat(join(dirname(this.path), part), fresh);
        parts.set(part, stamp?.isFile ? stamp : undefined);
        return stamp;
      },
      read: (file, read) => this.#once(file, read),
    };
    try {
      return await (await this.#formatOf(main))(checked);
    } catch (error) {
      // It shrank while it was looked at.
      if (error instanceof TooShort) return `${name} is being written.`;
      const { path, code } = error as NodeJS.ErrnoException;
      const file = path === undefined ? name : basename(path);
      return code === 'ENOENT' ? `${file} is not there.` : `${file} cannot be read: ${reasonOf(error)}.`;
    }
  }

  /** By the name, since half a file may be all there is; Keras' two formats by their first bytes. */
  async #formatOf(main: FileStamp): Promise<Check> {
    const name = basename(main.path).toLowerCase();
    if (name.endsWith('.json')) return checkTfjs;
    if (name.endsWith('.onnx')) return checkOnnx;
    if (name.endsWith('.tflite')) return checkTflite;
    if (name.endsWith('.pb')) return checkSavedModel;
    if (main.bytes < 4) return name.endsWith('.keras') ? checkZip : checkHdf5;
    const head = await this.#once(main, async (reader) => (await reader.bytes(0, 4)).toString('latin1'), 'head');
    if (head === 'PK\x03\x04') return checkZip;
    return head === '\x89HDF' ? checkHdf5 : name.endsWith('.keras') ? checkZip : checkHdf5;
  }

  async #once<T>(file: FileStamp, read: (reader: WindowReader) => Promise<T>, what = ''): Promise<T> {
    const key = `${what} ${file.path}`;
    const known = this.#read.get(key);
    const isSame = known?.stamp === file.stamp;
    if (isSame && (known.isSure || performance.now() - known.at < coarse)) return known.value as T;
    const handle = await this.#disk.open(file.path);
    try {
      const value = await read(new WindowReader(handle, file.bytes));
      this.#read.set(key, { stamp: file.stamp, value, at: performance.now(), isSure: isSame });
      return value;
    } finally {
      await handle.close();
    }
  }
}

function lookOf(files: readonly FileStamp[], absent: readonly string[], missing: string | undefined): SetLook {
  const stamp = [...files.map((file) => `${basename(file.path)} ${file.stamp}`), ...absent.map((name) => `no ${name}`)].join('\n');
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { files, stamp, bytes, modified: files.reduce((last, file) => Math.max(last, file.modified), 0), missing };
}
