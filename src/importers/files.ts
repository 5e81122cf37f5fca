import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, win32 } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ModelError } from '../shared/errors.ts';
import { Digest } from './digest.ts';
import type { ModelChoices, ModelSource } from './model.ts';

export interface FileOptions extends ModelChoices {
  /** Bytes of all files of the model together; default 2 GiB. */
  maxBytes?: number;
}

/** A model on disk. */
export interface FileSource extends ModelSource {
  /** Name of a file that is no longer what was read; undefined if all are. */
  changed(): Promise<string | undefined>;
  /** Of every file that was read so far, by its path, what tells it from other versions of it: see `stampOf`. */
  stamps(): ReadonlyMap<string, string>;
  /** All read anew. */
  again(): Promise<FileSource>;
}

const LARGEST = 2 ** 31;
/** A writer in full swing gets this long to finish before the second try. */
const PAUSE_MS = 200;
/** Bytes read at a time. */
const PIECE = 2 ** 23;

/**
 * The model file at `path`, and on request the files beside it. Names that lead out of its folder are refused; symbolic
 * links are followed (caches of model hubs are made of them), but only to regular files.
 * @throws ModelError 'file-missing', 'file-too-large', 'file-changed', 'file-corrupt'.
 */
export async function fileSource(path: string, options: FileOptions = {}): Promise<FileSource> {
  const folder = dirname(path);
  const stamps = new Map<string, string>();
  const digest = new Digest();
  let left = options.maxBytes ?? LARGEST;
  const load = async (file: string, name: string, part: Part = WHOLE): Promise<Uint8Array> => {
    const { bytes, stamp, sha256 } = await readUnchanged(file, name, part, left).catch((error: unknown) => {
      throw error instanceof ModelError ? error.with({ file: path }) : error;
    });
    left -= bytes.length;
    stamps.set(file, stamp);
    digest.add(part === WHOLE ? name : `${name} ${part.start}…${part.end}`, sha256);
    return bytes;
  };
  return {
    file: path,
    bytes: await load(path, basename(path)),
    read: async (name) => load(join(folder, inside(name)), name),
    readPart: async (name, start, end) => load(join(folder, inside(name)), name, { start, end }),
    digest: () => digest.toString(),
    changed: async () => {
      for (const [file, stamp] of stamps) if ((await stampOf(file)) !== stamp) return basename(file);
      return undefined;
    },
    stamps: () => stamps,
    again: async () => {
      await delay(PAUSE_MS);
      return fileSource(path, options);
    },
    ...(options.inputSize && { inputSize: options.inputSize }),
    ...(options.inputs && { inputs: options.inputs }),
    ...(options.output !== undefined && { output: options.output }),
  };
}

/** A relative name that stays in the folder. */
function inside(name: string): string {
  const parts = name.split(/[\\/]/);
  const leads = isAbsolute(name) || win32.isAbsolute(name) || /^[a-z]:/i.test(name) || parts.includes('..') || name.includes('\0');
  if (leads || /^[a-z][a-z0-9+.-]*:\/\//i.test(name) || name === '') {
    throw new ModelError('file-corrupt', `The model refers to '${name}', which is not in its folder; nothing outside is read.`, {
      where: name,
      hint: 'Put all files of the model into one folder and refer to them by name.',
    });
  }
  return parts.join('/');
}

/** Bytes of a file, from `start` to before `end`. */
interface Part {
  start: number;
  end: number;
}

const WHOLE: Part = { start: 0, end: Number.POSITIVE_INFINITY };

interface Read {
  bytes: Uint8Array;
  stamp: string;
  /** Hex. */
  sha256: string;
}

async function readUnchanged(file: string, name: string, part: Part, limit: number): Promise<Read> {
  for (let attempt = 0; ; attempt++) {
    const result = await readOnce(file, name, part, limit);
    if (result) return result;
    if (attempt > 0) throw fileChanged(name);
    await delay(PAUSE_MS);
  }
}

/** Undefined if the file changed while it was being read. */
async function readOnce(file: string, name: string, { start, end }: Part, limit: number): Promise<Read | undefined> {
  let handle: FileHandle;
  try {
    // Opening a pipe for reading waits for a writer, so what it is, is asked first.
    if (!(await stat(file)).isFile())
      throw new ModelError('file-corrupt', `'${name}' is no file.`, { where: name, hint: 'Choose the model file itself.' });
    handle = await open(file);
  } catch (cause) {
    throw unreadable(name, cause);
  }
  try {
    const stated = await handle.stat();
    const size = Math.max(0, Math.min(end, stated.size) - start);
    if (size > limit) {
      throw new ModelError(
        'file-too-large',
        `'${name}' has ${size} bytes, with the model's other files more than is read (${limit} left).`,
        { where: name },
      );
    }
    const before = await stampOf(file);
    const bytes = new Uint8Array(size);
    const hash = createHash('sha256');
    let filled = 0;
    const next = () => handle.read(bytes, filled, Math.min(size - filled, PIECE), start + filled);
    let reading = size > 0 ? next() : undefined;
    while (reading) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return undefined;
      const piece = bytes.subarray(filled, filled + bytesRead);
      filled += bytesRead;
      // What has been read is hashed while the next piece is read.
      reading = filled < size ? next() : undefined;
      hash.update(piece);
    }
    return before !== undefined && before === (await stampOf(file)) ? { bytes, stamp: before, sha256: hash.digest('hex') } : undefined;
  } finally {
    await handle.close();
  }
}

/** Size, times and identity of a file; undefined if it is gone. Copying programs set the time of modification back, but not that of change. */
export async function stampOf(file: string): Promise<string | undefined> {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await stat(file, { bigint: true });
    return `${size}:${mtimeNs}:${ctimeNs}:${ino}`;
  } catch {
    return undefined;
  }
}

export function fileChanged(name: string): ModelError {
  return new ModelError('file-changed', `'${name}' changed while it was being read.`, {
    where: name,
    hint: 'Wait until the model is written completely, then try again.',
  });
}

function unreadable(name: string, cause: unknown): ModelError {
  if (cause instanceof ModelError) return cause;
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new ModelError('file-missing', `'${name}' is not there.`, { where: name, hint: 'Restore it, or choose another model.', cause });
  }
  return new ModelError('file-missing', `'${name}' cannot be read (${code ?? String(cause)}).`, {
    where: name,
    hint: 'Check its permissions.',
    cause,
  });
}
