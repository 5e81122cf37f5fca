import { open } from 'node:fs/promises';
import { extname } from 'node:path';

/** Extensions of what may be explained; the engine looks at the bytes. */
export const imageExtensions = ['png', 'jpg', 'jpeg', 'webp', 'bmp', 'gif', 'tif', 'tiff'] as const;

export function isImagePath(path: string): boolean {
  return (imageExtensions as readonly string[]).includes(extname(path).slice(1).toLowerCase());
}

/**
 * Whether a browser draws the file as the decoder reads it. Not TIFF, and nothing that moves: the network sees the first
 * frame only. The head of the file suffices: 4 KB, missing files are for the engine to report.
 */
export async function isBrowserDrawable(path: string): Promise<boolean> {
  return isDrawable(await readHead(path, 4096));
}

export async function readHead(path: string, bytes: number): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return Buffer.alloc(0);
  }
}

/** The same for the first bytes of a file. */
export function isDrawable(head: Buffer): boolean {
  const text = head.toString('latin1');
  if (text.startsWith('GIF8')) return false;
  if (text.startsWith('II*\0') || text.startsWith('MM\0*') || text.startsWith('II+\0') || text.startsWith('MM\0+')) return false;
  // The animation flag of the extended WebP header; the animation control chunk of PNG stands before the first data.
  if (text.startsWith('RIFF') && text.slice(8, 16) === 'WEBPVP8X') return ((head[20] ?? 0) & 2) === 0;
  if (text.startsWith('\x89PNG')) return !text.slice(0, Math.max(text.indexOf('IDAT'), 0) || text.length).includes('acTL');
  return true;
}
