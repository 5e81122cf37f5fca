import zlib from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { ModelError } from '../shared/errors.ts';

/** A file in a ZIP archive. */
export interface ZipEntry {
  /** Path with forward slashes; never absolute, never with `..`. */
  name: string;
  /** Bytes, inflated. */
  size: number;
  /**
   * The file's bytes: a view into the archive where it is stored, else inflated.
   * @throws ModelError 'file-corrupt' (checksum, size), 'file-too-large' (see openZip), 'unsupported' (encrypted, other compressions).
   */
  read(): Promise<Uint8Array>;
}

const MOST_ENTRIES = 10_000;
/** What is inflated from one archive may take this many times the archive's size, and this much anyway: weights hardly compress. */
const LARGEST_RATIO = 16;
const ALWAYS_ALLOWED = 2 ** 26;

const HINT = 'Save or download the file again.';
const END_LENGTH = 22;
/** End record and locator. */
const ZIP64_LENGTH = 56 + 20;

/** Whether the bytes begin as an archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** Whether an archive ends the bytes. What stands before it may be another file: TensorFlow Lite appends its metadata so. */
export function endsInZip(bytes: Uint8Array): boolean {
  return findEnd(bytes) !== undefined;
}

/**
 * The files of a ZIP archive by name, folders left out. Nothing is inflated before it is read, and all together at most
 * 16 × the archive's size or 64 MiB, whichever is more.
 * @throws ModelError 'file-corrupt': no archive, truncated, names that lead out of a folder, two files of one name; 'file-too-large'
 */
export async function openZip(bytes: Uint8Array): Promise<ReadonlyMap<string, ZipEntry>> {
  const archive = withoutPrefix(bytes);
  const buffer = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const budget = { left: Math.max(ALWAYS_ALLOWED, LARGEST_RATIO * buffer.length) };
  const entries = new Map<string, ZipEntry>();
  try {
    const zip = await yauzl.fromBufferPromise(buffer, { decodeStrings: false, autoClose: false });
    if (zip.entryCount > MOST_ENTRIES) throw tooLarge(`It holds ${zip.entryCount} files; at most ${MOST_ENTRIES} are read.`);
    for await (const entry of zip.eachEntry()) {
      const name = safeName(entry);
      if (entries.has(name)) throw damaged(`it holds two files called '${name}'`);
      const size = entry.uncompressedSize;
      if (!name.endsWith('/')) entries.set(name, { name, size, read: () => readEntry(zip, buffer, entry, name, budget) });
    }
  } catch (error) {
    throw wrapped(error);
  }
  return entries;
}

async function readEntry(zip: ZipFile, buffer: Buffer, entry: Entry, name: string, budget: { left: number }): Promise<Uint8Array> {
  const { compressedSize, uncompressedSize, compressionMethod } = entry;
  if (entry.isEncrypted()) throw unsupported(name, 'is encrypted');
  if (compressionMethod !== 0 && compressionMethod !== 8) throw unsupported(name, `is compressed by method ${compressionMethod}`);
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const stored = buffer.subarray(fileDataStart, fileDataStart + compressedSize);
    const content = compressionMethod === 0 ? stored : inflate(stored, uncompressedSize, name, budget);
    if (content.length !== uncompressedSize) throw damaged(`'${name}' has ${content.length} bytes, its header says ${uncompressedSize}`);
    // Node below 20.15 has no crc32.
    const checksum = zlib.crc32?.(content) ?? entry.crc32;
    if (checksum !== entry.crc32) throw damaged(`the checksum of '${name}' is wrong`);
    return content;
  } catch (error) {
    throw wrapped(error, name);
  }
}

/** Never more than the announced size, which is checked first. */
function inflate(deflated: Uint8Array, size: number, name: string, budget: { left: number }): Uint8Array {
  if (size > budget.left) {
    throw tooLarge(`'${name}' would inflate to ${size} bytes, more than an archive of this size may take (${budget.left} left).`);
  }
  budget.left -= size;
  // One chunk, with a byte over so that no second one is begun.
  return zlib.inflateRawSync(deflated, { maxOutputLength: Math.max(1, size), chunkSize: Math.max(64, size + 1) });
}

function safeName(entry: Entry): string {
  const name = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
  const unsafe = yauzl.validateFileName(name);
  if (unsafe !== null) throw damaged(`a file in it has an unsafe name (${unsafe})`);
  return name;
}

/** Offset of the end record, whose comment must reach to the end of the bytes. */
function findEnd(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = Math.max(0, bytes.length - END_LENGTH - 0xffff);
  for (let at = bytes.length - END_LENGTH; at >= first; at--) {
    if (view.getUint32(at, true) === 0x06054b50 && at + END_LENGTH + view.getUint16(at + 20, true) === bytes.length) return at;
  }
  return undefined;
}

/**
 * Where the directory of an archive ends that ends the bytes (which may be the last ones of it only), its length, and where it begins, if
 * nothing stands before the archive: NaN in ZIP64, which says so elsewhere. Undefined: no archive ends here.
 */
export function zipDirectory(bytes: Uint8Array): { end: number; length: number; offset: number } | undefined {
  const end = findEnd(bytes);
  if (end === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [length, offset] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  const isElsewhere = length === 0xffffffff || offset === 0xffffffff;
  return isElsewhere ? { end, length: Number.NaN, offset: Number.NaN } : { end: directoryEnd(view, end), length, offset };
}

/** Offsets in an appended archive may count from its own start: then what stands before it is left out. */
function withoutPrefix(bytes: Uint8Array): Uint8Array {
  const directory = zipDirectory(bytes);
  if (!directory || Number.isNaN(directory.offset)) return bytes;
  const { end, length, offset } = directory;
  return bytes.subarray(Math.max(0, end - length - offset));
}

/** Between the directory and the end record there may be that of ZIP64 and what leads to it, also in small archives (PyTorch). */
function directoryEnd(view: DataView, end: number): number {
  const at = end - ZIP64_LENGTH;
  const has = at >= 0 && view.getUint32(at, true) === 0x06064b50 && view.getUint32(end - 20, true) === 0x07064b50;
  return has ? at : end;
}

function wrapped(error: unknown, name?: string): ModelError {
  if (error instanceof ModelError) return error;
  const what = error instanceof Error ? error.message : String(error);
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
    return damaged(`'${name}' inflates to more than its header says`, error);
  return damaged(name === undefined ? lower(what) : `'${name}': ${lower(what)}`, error);
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');

function damaged(what: string, cause?: unknown): ModelError {
  return new ModelError('file-corrupt', `The ZIP archive is damaged: ${what}.`, { hint: HINT, cause });
}

function tooLarge(message: string): ModelError {
  return new ModelError('file-too-large', `The ZIP archive is refused. ${message}`, { hint: 'Choose a smaller model.' });
}

function unsupported(name: string, what: string): ModelError {
  return new ModelError('unsupported', `In the ZIP archive, '${name}' ${what}, which is not supported.`, {
    where: name,
    hint: 'Write the archive again, stored or deflated and without a password.',
  });
}
