import { randomBytes } from 'node:crypto';
import { open, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { ModelError } from '../shared/errors.ts';

export interface ReadBound {
  /** What the file is, for messages: `image`, `sidecar`. */
  what: string;
  maxBytes: number;
}

/**
 * Reads a whole file of at most `maxBytes`. Throws ModelError: `file-missing` (not there, a folder, no permission),
 * `file-too-large`, `file-changed` (written to meanwhile).
 */
export async function readFileBounded(path: string, { what, maxBytes }: ReadBound): Promise<Buffer> {
  const unread = (cause: unknown) => {
    throw unreadable(path, what, cause);
  };
  // Asked before it is opened: opening a pipe waits for somebody who writes into it.
  const kind = await stat(path).catch(unread);
  if (kind.isDirectory()) throw notAFile(path, what, 'is a folder');
  if (!kind.isFile()) throw notAFile(path, what, 'is a device, pipe or socket');
  const handle = await open(path, 'r').catch(unread);
  try {
    const before = await handle.stat();
    if (before.size > maxBytes) throw tooLarge(path, what, before.size, maxBytes);
    const bytes = Buffer.alloc(before.size);
    const { bytesRead } = await handle.read(bytes, 0, before.size, 0);
    const after = await handle.stat();
    if (bytesRead !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
      throw new ModelError('file-changed', `The ${what} '${path}' was written to while it was read.`, {
        file: path,
        hint: 'Try again when the file is complete.',
      });
    }
    return bytes;
  } catch (error) {
    throw error instanceof ModelError ? error : unreadable(path, what, error);
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file beside `path` and renames it, so that a reader never sees half of it. A link stays a link. `what` it is, for
 * messages. Throws ModelError('file-missing').
 */
export async function replaceFile(path: string, content: string | Uint8Array, what: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    await rename(temporary, target);
  } catch (cause) {
    await unlink(temporary).catch(() => {});
    const reason = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
    throw new ModelError('file-missing', `The ${what} '${path}' cannot be written${reason}.`, {
      file: path,
      hint: 'Check the permissions of its folder.',
      cause,
    });
  }
}

function notAFile(path: string, what: string, is: string): ModelError {
  return new ModelError('file-missing', `'${path}' ${is}, not the ${what} file.`, { file: path, hint: `Choose the ${what} file itself.` });
}

function tooLarge(path: string, what: string, size: number, bound: number): ModelError {
  return new ModelError('file-too-large', `The ${what} '${path}' has ${size} bytes; at most ${bound} are read.`, {
    file: path,
    hint: `Use a smaller ${what} file.`,
  });
}

function unreadable(path: string, what: string, cause: unknown): ModelError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'EISDIR') return notAFile(path, what, 'is a folder');
  const reason =
    code === 'ENOENT' || code === 'ENOTDIR'
      ? 'is not there'
      : code === 'EACCES' || code === 'EPERM'
        ? 'may not be read'
        : `cannot be read (${code})`;
  const hint = reason === 'may not be read' ? 'Change its permissions.' : 'Check the path.';
  return new ModelError('file-missing', `The ${what} '${path}' ${reason}.`, { file: path, hint, cause });
}
