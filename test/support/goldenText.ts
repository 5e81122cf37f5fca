import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './paths.ts';

/** Asserts that `text` is what test/data/`name` holds; with UPDATE_GOLDEN=1 the file is written anew, and the diff reviewed. */
export function matchesGolden(name: string, text: string): void {
  const path = join(repository, 'test', 'data', name);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8').replaceAll('\r\n', '\n'), `${name} differs; UPDATE_GOLDEN=1 rewrites it`);
}
