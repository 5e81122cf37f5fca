import { createHash } from 'node:crypto';
import type { ModelSource } from './model.ts';

/** SHA-256 over all that is read of a model: of its one file, or over the files' own, by name. */
export class Digest {
  readonly #files = new Map<string, string>();

  /** `sha256`: hex. What is read again counts once. */
  add(name: string, sha256: string): void {
    this.#files.set(name, sha256);
  }

  /** Hex. */
  toString(): string {
    const all = [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1));
    if (all.length === 1) return (all[0] as [string, string])[1];
    return sha256(Buffer.from(all.map(([name, digest]) => `${digest}  ${name}\n`).join('')));
  }
}

/** A source that knows its digest: files on disk are hashed while they are read, others here. */
export function digested(source: ModelSource): ModelSource & { digest(): string } {
  const { digest, read, readPart } = source;
  if (digest) return { ...source, digest };
  const all = new Digest();
  all.add('', sha256(source.bytes));
  return {
    ...source,
    read: async (name) => {
      const bytes = await read(name);
      all.add(name, sha256(bytes));
      return bytes;
    },
    ...(readPart && {
      readPart: async (name: string, start: number, end: number) => {
        const bytes = await readPart(name, start, end);
        all.add(`${name} ${start}…${end}`, sha256(bytes));
        return bytes;
      },
    }),
    digest: () => all.toString(),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
