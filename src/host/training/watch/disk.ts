import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';

/** What looking after files does to the disk: one place to count it, and to make it fail in tests. */
export interface Disk {
  /** Size, times and identity; undefined: not there. Throws where it cannot be known. `fresh`: asks the server, where a network drive answers from memory. */
  stat(path: string, fresh?: boolean): Promise<FileStamp | undefined>;
  /** Names in a folder; none where it is not there. */
  list(folder: string): Promise<string[]>;
  open(path: string): Promise<FileHandle>;
}

export interface FileStamp {
  path: string;
  /** Another one whenever anything was written. */
  stamp: string;
  bytes: number;
  /** ms since 1970, by the clock of whoever wrote it. */
  modified: number;
  isFile: boolean;
}

export const realDisk: Disk = {
  async stat(path, fresh = false) {
    try {
      const stats = await stat(path, { bigint: true });
      // NFS and SMB answer from memory for seconds, but ask anew when a file is opened. A pipe would not open before somebody writes.
      if (!fresh || !stats.isFile()) return stampOf(path, stats);
      const file = await open(path);
      try {
        return stampOf(path, await file.stat({ bigint: true }));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  async list(folder) {
    try {
      return await readdir(folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
  open: (path) => open(path),
};

/** The time of change of the file's state tells of writers that set the time of modification back, as copying programs do. */
function stampOf(path: string, stats: BigIntStats): FileStamp {
  const { size, mtimeNs, ctimeNs, ino, mtimeMs } = stats;
  return { path, stamp: `${size}:${mtimeNs}:${ctimeNs}:${ino}`, bytes: Number(size), modified: Number(mtimeMs), isFile: stats.isFile() };
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Why a file cannot be read, for people: `permission denied`. */
export function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return code ?? (error instanceof Error ? error.message : String(error));
}
