/** Files are read once for as long as they do not change. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Catalogue } from '../../src/dataset/catalogue.ts';
import { newFolder } from '../support/engineCalls.ts';

const never = new AbortController().signal;
const sha = (text: string) => createHash('sha256').update(text).digest('hex');

async function twoFiles(t: TestContext) {
  const folder = await newFolder(t);
  const [a, b] = [join(folder, 'a.png'), join(folder, 'b.png')];
  await writeFile(a, 'A');
  await writeFile(b, 'B');
  return { folder, a, b };
}

test('contents by path, and remembered in the folder', async (t) => {
  const { folder, a, b } = await twoFiles(t);
  const first = await Catalogue.open(folder);
  assert.equal(await first.recall(a), undefined);
  assert.deepEqual(await first.look([b, a], never), [
    { path: b, hash: sha('B') },
    { path: a, hash: sha('A') },
  ]);
  await first.save();
  const second = await Catalogue.open(folder);
  assert.deepEqual(await second.recall(a), { path: a, hash: sha('A') });
  assert.equal(second.pathOf(sha('B')), b);
  assert.equal(second.pathOf(sha('C')), undefined);
});

test('an unchanged file is not read again, a changed one is', async (t) => {
  const { folder, a } = await twoFiles(t);
  const catalogue = await Catalogue.open(folder);
  const time = new Date(2020, 1, 1);
  await utimes(a, time, time);
  await catalogue.look([a], never);
  // Same size and time, other content: only who reads it would know.
  await writeFile(a, 'Z');
  await utimes(a, time, time);
  assert.deepEqual(await catalogue.look([a], never), [{ path: a, hash: sha('A') }]);
  await writeFile(a, 'ZZ');
  assert.equal(await catalogue.recall(a), undefined);
  assert.deepEqual(await catalogue.look([a], never), [{ path: a, hash: sha('ZZ') }]);
});

test('files that are gone are errors, those nobody asks for are forgotten', async (t) => {
  const { folder, a, b } = await twoFiles(t);
  const catalogue = await Catalogue.open(folder);
  await catalogue.look([a, b], never);
  await rm(a);
  const [gone] = await catalogue.look([a], never);
  assert.ok(gone && 'error' in gone && gone.error.code === 'file-missing');
  assert.equal(await catalogue.recall(b), undefined);
});

test('a renamed file has its content under its new name', async (t) => {
  const { folder, a } = await twoFiles(t);
  const catalogue = await Catalogue.open(folder);
  await catalogue.look([a], never);
  const c = join(folder, 'c.png');
  await rename(a, c);
  await catalogue.look([c], never);
  assert.equal(catalogue.pathOf(sha('A')), c);
});

test('a refused content stays refused, in all its files, until they change', async (t) => {
  const { folder, a, b } = await twoFiles(t);
  await writeFile(b, 'A');
  const catalogue = await Catalogue.open(folder);
  await catalogue.look([a, b], never);
  const error = { code: 'file-corrupt', message: 'no image' } as const;
  assert.deepEqual([...catalogue.refuse(sha('A'), error)].sort(), [a, b]);
  await catalogue.save();
  const again = await Catalogue.open(folder);
  assert.deepEqual(await again.look([b, a], never), [
    { path: b, error },
    { path: a, error },
  ]);
  await writeFile(a, 'fine');
  assert.deepEqual(await again.recall(a), undefined);
  assert.deepEqual(await again.look([a], never), [{ path: a, hash: sha('fine') }]);
});

test('a damaged catalogue is an empty one', async (t) => {
  const { folder, a } = await twoFiles(t);
  const catalogue = await Catalogue.open(folder);
  await catalogue.look([a], never);
  await catalogue.save();
  const file = join(folder, Catalogue.fileName);
  const text = await readFile(file, 'utf8');
  for (const damaged of ['', text.slice(0, -4), '[]', '{"version":1,"files":[["x",null]]}', text.replace('"version":1', '"version":0')]) {
    await writeFile(file, damaged);
    assert.equal(await (await Catalogue.open(folder)).recall(a), undefined, damaged);
  }
});

test('looking can be cancelled', async (t) => {
  const { folder, a } = await twoFiles(t);
  await assert.rejects((await Catalogue.open(folder)).look([a], AbortSignal.abort()), { code: 'cancelled' });
});
