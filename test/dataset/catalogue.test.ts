/** Files are read once for as long as they do not change. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rename, rm, utimes, writeFile } from 'node:fs/promises';
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
  const first = new Catalogue(folder);
  assert.equal(await first.recall(a), undefined);
  assert.deepEqual(await first.look([b, a], never), [
    { path: b, hash: sha('B') },
    { path: a, hash: sha('A') },
  ]);
  const second = new Catalogue(folder);
  assert.deepEqual(await second.recall(a), { path: a, hash: sha('A') });
  assert.deepEqual(
    new Map(await second.paths()),
    new Map([
      [sha('A'), a],
      [sha('B'), b],
    ]),
  );
});

test('an unchanged file is not read again, a changed one is', async (t) => {
  const { folder, a } = await twoFiles(t);
  const catalogue = new Catalogue(folder);
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
  const catalogue = new Catalogue(folder);
  await catalogue.look([a, b], never);
  await rm(a);
  const [gone] = await catalogue.look([a], never);
  assert.deepEqual(await catalogue.recall(b), { path: b, hash: sha('B') });
  await catalogue.forgetOthers([a]);
  assert.ok(gone && 'error' in gone && gone.error.code === 'file-missing');
  assert.equal(await catalogue.recall(b), undefined);
});

test('a renamed file has its content under its new name', async (t) => {
  const { folder, a } = await twoFiles(t);
  const catalogue = new Catalogue(folder);
  await catalogue.look([a], never);
  const c = join(folder, 'c.png');
  await rename(a, c);
  await catalogue.look([c], never);
  await catalogue.forgetOthers([c]);
  assert.deepEqual([...(await catalogue.paths())], [[sha('A'), c]]);
});

test('a refused content stays refused, in all its files, until they change', async (t) => {
  const { folder, a, b } = await twoFiles(t);
  await writeFile(b, 'A');
  const catalogue = new Catalogue(folder);
  await catalogue.look([a, b], never);
  const error = { code: 'file-corrupt', message: 'no image' } as const;
  assert.deepEqual((await catalogue.refuse(sha('A'), error)).sort(), [a, b]);
  const again = new Catalogue(folder);
  assert.deepEqual(await again.look([b, a], never), [
    { path: b, error },
    { path: a, error },
  ]);
  await writeFile(a, 'fine');
  assert.deepEqual(await again.recall(a), undefined);
  assert.deepEqual(await again.look([a], never), [{ path: a, hash: sha('fine') }]);
});

test('a content that was refused is refused under another name, too', async (t) => {
  const { folder, a } = await twoFiles(t);
  const catalogue = new Catalogue(folder);
  await catalogue.look([a], never);
  const error = { code: 'file-corrupt', message: 'no image' } as const;
  await catalogue.refuse(sha('A'), error);
  const c = join(folder, 'c.png');
  await writeFile(c, 'A');
  assert.deepEqual(await catalogue.look([a, c], never), [
    { path: a, error },
    { path: c, error },
  ]);
});

test('another revision when a file has another content, and only then', async (t) => {
  const { folder, a, b } = await twoFiles(t);
  const catalogue = new Catalogue(folder);
  await catalogue.look([a, b], never);
  const before = await catalogue.revision();
  await catalogue.look([a, b], never);
  assert.equal(await catalogue.revision(), before);
  await writeFile(a, 'other');
  await catalogue.look([a, b], never);
  assert.notEqual(await catalogue.revision(), before);
});

test('what was read before it is cancelled is kept', async (t) => {
  const folder = await newFolder(t);
  const paths = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const path = join(folder, `${i}.png`);
      await writeFile(path, `${i}`);
      return path;
    }),
  );
  const cancel = new AbortController();
  const catalogue = new Catalogue(folder);
  const looked = catalogue.look(paths, cancel.signal, (count) => count >= 8 && cancel.abort());
  await assert.rejects(looked, { code: 'cancelled' });
  const known = await catalogue.recallAll(paths, never);
  assert.equal(known.filter((file) => file !== undefined).length, 8);
});

test('looking can be cancelled', async (t) => {
  const { folder, a } = await twoFiles(t);
  await assert.rejects(new Catalogue(folder).look([a], AbortSignal.abort()), { code: 'cancelled' });
});
