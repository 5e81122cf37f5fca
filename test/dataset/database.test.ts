/** The database of a data set: whatever state it is in, work goes on. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { Catalogue } from '../../src/dataset/catalogue.ts';
import { Database } from '../../src/dataset/database.ts';
import { FeatureStore } from '../../src/dataset/featureStore.ts';
import { dropUnused, forgetModel } from '../../src/dataset/forget.ts';
import { datasetSchema } from '../../src/dataset/schema.ts';
import { newFolder } from '../support/engineCalls.ts';
import { noise } from '../support/onnxModels.ts';

const databaseName = datasetSchema.file;
const never = new AbortController().signal;
const key = { file: '/models/net.onnx', hash: 'abc', preprocessing: '{}' };
const sizes = { dimensions: 64, pixelLength: 48, best: 3 };

function image(seed: number) {
  return {
    hash: seed.toString(16).padStart(64, '0'),
    vector: Float32Array.from(noise(64, seed + 1)),
    pixels: Uint8Array.from({ length: 48 }, (_, i) => (i * seed) % 256),
    classes: Int32Array.of(seed, 1, 2),
    logits: Float32Array.of(3, 2, 1),
    logSumExp: seed / 7,
    thumbnail: new Uint8Array(100).fill(seed),
  };
}

const images = (count: number, from = 0) => Array.from({ length: count }, (_, i) => image(from + i));

/** Opens the file without us. Closed after the test. */
function raw(t: TestContext, folder: string): Sqlite.Database {
  const db = new Sqlite(join(folder, databaseName));
  t.after(() => db.close());
  return db;
}

/** Silent, but remembered. */
function warnings(t: TestContext): string[] {
  const said: string[] = [];
  t.mock.method(console, 'warn', (text: string) => void said.push(text));
  return said;
}

test('rows come back as they were written, in the order asked, without those that are not there', async (t) => {
  const store = new FeatureStore(await newFolder(t), key);
  const all = images(40);
  await store.add('layer', all.slice(0, 25));
  await store.add('layer', all.slice(20));
  const asked = [all[30], image(99), all[2], all[30]].map((i) => i!.hash);
  const rows = await store.rows('layer', sizes, asked, never);
  assert.deepEqual([...rows.at], [0, 2, 3]);
  assert.deepEqual(
    rows.hashes,
    [all[30], all[2], all[30]].map((i) => i!.hash),
  );
  assert.deepEqual(rows.vectors.slice(64, 128), all[2]!.vector);
  assert.deepEqual(rows.pixels.slice(48, 96), all[2]!.pixels);
  assert.deepEqual([...rows.classes], [30, 1, 2, 2, 1, 2, 30, 1, 2]);
  assert.deepEqual([...rows.logSumExp], [30 / 7, 2 / 7, 30 / 7].map(Math.fround));
  assert.equal((await store.rows('other', sizes, asked, never)).hashes.length, 0);
  await assert.rejects(store.rows('layer', sizes, asked, AbortSignal.abort()), { code: 'cancelled' });
});

test('rows that nobody wrote like that do not count: other lengths, values that are not finite', async (t) => {
  const folder = await newFolder(t);
  const store = new FeatureStore(folder, key);
  const all = images(4);
  await store.add('layer', all);
  const db = raw(t, folder);
  db.prepare('UPDATE vectors SET vector = ? WHERE id = 1').run(Buffer.alloc(1 << 20));
  db.prepare('UPDATE vectors SET vector = ? WHERE id = 2').run(Buffer.alloc(256, 0xff));
  db.prepare('UPDATE answers SET answer = ? WHERE id = 3').run(Buffer.alloc(3));
  const rows = await store.rows(
    'layer',
    sizes,
    all.map(({ hash }) => hash),
    never,
  );
  assert.deepEqual([...rows.at], [3]);
  assert.deepEqual(rows.vectors, all[3]!.vector);
  assert.equal((await store.indexed('layer', never)).size, 1, 'they are made anew');
  await store.add('layer', all);
  assert.equal((await store.indexed('layer', never)).size, 4);
});

const damages: Record<string, (file: string, size: number) => Promise<void>> = {
  'cut off': (file, size) => truncate(file, Math.floor(size / 2)),
  'cut off in its head': (file) => truncate(file, 50),
  'no database': (file) => writeFile(file, 'This is a text. '.repeat(10_000)),
  'overwritten in the middle': async (file, size) => {
    const bytes = await readFile(file);
    bytes.fill(0xa5, 40_000, size);
    await writeFile(file, bytes);
  },
  'of another program': async (file) => {
    await rm(file);
    const db = new Sqlite(file);
    db.exec('CREATE TABLE files (path TEXT)');
    db.close();
  },
  'of another version': async (file) => {
    const db = new Sqlite(file);
    db.pragma('user_version = 999');
    db.close();
  },
  'with other tables': async (file) => {
    const db = new Sqlite(file);
    db.exec('DROP TABLE vectors; CREATE TABLE vectors (x)');
    db.close();
  },
};

for (const [what, damage] of Object.entries(damages)) {
  test(`a database that is ${what}: begun anew, and said so`, async (t) => {
    const said = warnings(t);
    const folder = await newFolder(t);
    const all = images(400);
    await writeApart(folder, all.length);
    const file = join(folder, databaseName);
    await damage(file, (await stat(file)).size);
    const store = new FeatureStore(folder, key);
    const hashes = all.map(({ hash }) => hash);
    assert.equal((await store.rows('layer', sizes, hashes, never)).hashes.length, 0);
    await store.add('layer', all.slice(0, 3));
    assert.equal((await store.rows('layer', sizes, hashes, never)).hashes.length, 3);
    assert.equal(said.length, 1);
    assert.match(said[0]!, /dataset\.sqlite.*begun anew/);
  });
}

const helper = fileURLToPath(new URL('../support/storeWriter.ts', import.meta.url));

/** Another process that writes so many images, one at a time, into the folder. */
function writer(folder: string, count: number, from = 0): ChildProcess {
  return fork(helper, [folder, `${count}`, `${from}`], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

async function writeApart(folder: string, count: number): Promise<void> {
  const [code] = await once(writer(folder, count), 'exit');
  assert.equal(code, 0);
}

test('damaged while it is open: noticed by who reads it, and begun anew', async (t) => {
  const said = warnings(t);
  const folder = await newFolder(t);
  await writeApart(folder, 400);
  const store = new FeatureStore(folder, key);
  const hashes = images(400).map(({ hash }) => hash);
  const file = join(folder, databaseName);
  // Open, but most pages are not read yet.
  assert.equal((await store.rows('layer', sizes, hashes.slice(0, 1), never)).hashes.length, 1);
  await new Database(folder).read((db) => db.run('PRAGMA shrink_memory'));
  const bytes = await readFile(file);
  await writeFile(file, bytes.fill(0xa5, 32_768), { flag: 'r+' });
  const rows = await store.rows('layer', sizes, hashes, never);
  assert.ok(rows.hashes.length < 400);
  await store.add('layer', images(400));
  assert.equal((await store.rows('layer', sizes, hashes, never)).hashes.length, 400);
  assert.equal(said.length, 1);
});

test('two processes write at once, and this one reads and writes: nothing is lost', { timeout: 60_000 }, async (t) => {
  const folder = await newFolder(t);
  const children = [writer(folder, 300), writer(folder, 300, 300)];
  const store = new FeatureStore(folder, key);
  const ended = Promise.all(children.map((child) => once(child, 'exit')));
  for (let i = 600; i < 640; i++) await store.add('layer', [image(i)]);
  assert.deepEqual(
    (await ended).map(([code]) => code),
    [0, 0],
  );
  const all = images(640);
  const rows = await store.rows(
    'layer',
    sizes,
    all.map(({ hash }) => hash),
    never,
  );
  assert.equal(rows.hashes.length, 640);
  for (const [i, { vector }] of all.entries()) assert.deepEqual(rows.vectors.slice(i * 64, (i + 1) * 64), vector);
});

test('another program holds the file for a moment: the write waits, without stopping the thread', async (t) => {
  const folder = await newFolder(t);
  const store = new FeatureStore(folder, key);
  await store.add('layer', images(1));
  const other = raw(t, folder);
  other.exec('BEGIN IMMEDIATE');
  let turns = 0;
  const ticking = setInterval(() => turns++, 10);
  setTimeout(() => other.exec('COMMIT'), 500);
  await store.add('layer', images(2));
  clearInterval(ticking);
  assert.ok(turns > 3, `${turns}`);
  assert.equal(
    (
      await store.rows(
        'layer',
        sizes,
        images(2).map(({ hash }) => hash),
        never,
      )
    ).hashes.length,
    2,
  );
});

test('the folder is deleted and made anew while it is open', async (t) => {
  const folder = join(await newFolder(t), 'store');
  const store = new FeatureStore(folder, key);
  await store.add('layer', images(5));
  await rm(folder, { recursive: true });
  const hashes = images(5).map(({ hash }) => hash);
  assert.equal((await store.rows('layer', sizes, hashes, never)).hashes.length, 0);
  assert.equal(existsSync(folder), false);
  await store.add('layer', images(2));
  assert.equal((await store.rows('layer', sizes, hashes, never)).hashes.length, 2);
  // By another window.
  await rm(folder, { recursive: true });
  await writeApart(folder, 4);
  assert.equal((await store.rows('layer', sizes, hashes, never)).hashes.length, 4);
});

test('an open file is closed when nobody uses it for a while', async (t) => {
  if (process.platform !== 'linux') return t.skip('left out: open files are listed on Linux only');
  const { readdirSync, readlinkSync } = await import('node:fs');
  const folder = await newFolder(t);
  const open = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
      } catch {
        return false;
      }
    }).length;
  const store = new FeatureStore(folder, key);
  await store.add('layer', images(1));
  assert.ok(open() > 0);
  const end = performance.now() + 10_000;
  while (open() > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(open(), 0);
  assert.equal(existsSync(join(folder, `${databaseName}-wal`)), false, 'all is in the file itself');
});

test('a folder where the file should be, a disk that cannot be written: the file is named', async (t) => {
  const folder = await newFolder(t);
  await mkdir(join(folder, databaseName));
  const store = new FeatureStore(folder, key);
  const named = { code: 'file-missing', file: join(folder, databaseName), hint: /permissions/ };
  await assert.rejects(store.add('layer', images(1)), named);
  await assert.rejects(store.indexed('layer', never), named);
});

test('the catalogue of earlier versions is deleted', async (t) => {
  const folder = await newFolder(t);
  await writeFile(join(folder, 'catalogue.json'), '{}');
  await new Catalogue(folder).look([join(folder, 'nothing.png')], never);
  assert.equal(existsSync(join(folder, 'catalogue.json')), false);
});

test('features of a content that no file has are dropped after a month, not before', async (t) => {
  const folder = await newFolder(t);
  const [a, b] = [join(folder, 'a.png'), join(folder, 'b.png')];
  await writeFile(a, 'A');
  await writeFile(b, 'B');
  const catalogue = new Catalogue(folder);
  const looked = await catalogue.look([a, b], never);
  const hashes = looked.map((file) => ('hash' in file ? file.hash : ''));
  const store = new FeatureStore(folder, key);
  await store.add(
    'layer',
    hashes.map((hash, i) => ({ ...image(i), hash })),
  );
  const there = async () => [...(await store.rows('layer', sizes, hashes, never)).at];
  // A list that is capped, a branch that is checked out: the file is back soon.
  await catalogue.forgetOthers([a]);
  const day = 24 * 3600 * 1000;
  await dropUnused(folder, Date.now() + 29 * day);
  assert.deepEqual(await there(), [0, 1]);
  await copyFile(b, join(folder, 'c.png'));
  await catalogue.look([join(folder, 'c.png')], never);
  await catalogue.forgetOthers([a, join(folder, 'c.png')]);
  await dropUnused(folder, Date.now() + 31 * day);
  assert.deepEqual(await there(), [0, 1], 'it has another name');
  await catalogue.forgetOthers([a]);
  await dropUnused(folder, Date.now() + 31 * day);
  assert.deepEqual(await there(), [0]);
  assert.equal((await store.withThumbnail(hashes, never)).size, 1);
});

test('forgetting a model makes the file smaller by what it held', async (t) => {
  const folder = await newFolder(t);
  const [one, other] = [new FeatureStore(folder, key), new FeatureStore(folder, { ...key, file: '/other.onnx', hash: 'def' })];
  const large = images(1000).map((i) => ({ ...i, vector: new Float32Array(2048).fill(1) }));
  await one.add('layer', large.slice(0, 500));
  await one.add('layer', large.slice(500));
  await other.add('layer', images(50));
  const before = await one.bytes();
  await forgetModel(folder, key.file);
  assert.ok(before > 8_000_000 && (await one.bytes()) < 0.1 * before, `${await one.bytes()} of ${before}`);
  assert.equal((await other.indexed('layer', never)).size, 50);
  assert.equal(await new Database(folder).read((db) => db.value('PRAGMA integrity_check')), 'ok');
});
