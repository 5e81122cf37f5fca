import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** Absolute path of test material in ../shared, or undefined where it is absent (a clean clone): then skip the test. */
export function sharedPath(path: string): string | undefined {
  const absolute = join(root, path);
  return existsSync(absolute) ? absolute : undefined;
}

export const sharedMissing = 'left out: ../shared is not there';
