/**
 * Damaged Keras files: cut off, with bytes changed, with addresses and sizes turned into others. Each is opened, with any
 * numbers, or refused with a ModelError, within seconds; what is checked by a checksum is right if it is opened. The process
 * takes at most half a gigabyte more, whatever is in a file of 50 kB.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { fileInMemory, kerasFile, kerasFiles } from '../support/kerasFiles.ts';

/** What libhdf5 never ends is ended after 5 s; the rest is for a busy machine. */
const LONGEST_MS = 30_000;
const MOST_MEMORY = 2 ** 29;

const beside = { 'functional.json': kerasFile('functional.json') };
const startRss = process.memoryUsage().rss;

async function opened(file: string, bytes: Uint8Array, what: string): Promise<Model | undefined> {
  const started = performance.now();
  try {
    return await openModel(fileInMemory(file, bytes, beside));
  } catch (error) {
    if (!(error instanceof ModelError)) throw new Error(`${file}, ${what}: no ModelError`, { cause: error });
    return undefined;
  } finally {
    const took = performance.now() - started;
    assert.ok(took < LONGEST_MS, `${file}, ${what}: ${took} ms`);
    const more = process.memoryUsage().rss - startRss;
    assert.ok(more < MOST_MEMORY, `${file}, ${what}: ${more} bytes more`);
  }
}

/** Random numbers in 0..1, the same on every run. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

for (const file of ['functional.h5', 'storages.h5', 'functional.weights.h5', 'nested.keras', 'functional.unnamed.keras']) {
  test(`${file}, cut off`, async () => {
    const bytes = kerasFile(file);
    const ends = Array.from({ length: 20 }, (_, i) => Math.floor((bytes.length * i) / 20) + (i % 3));
    for (const end of [...ends, 7, 8, 9, 95, 96, 97, bytes.length - 1]) {
      assert.equal(await opened(file, bytes.subarray(0, end), `${end} bytes`), undefined, `${end} bytes are no model`);
    }
  });
}

/** Changes that make a file lie, at a place where it says something. */
const damages: readonly ((bytes: Buffer, at: number, random: () => number) => void)[] = [
  (bytes, at, random) => bytes.writeUInt8(Math.floor(random() * 256), at),
  (bytes, at, random) => bytes.writeUInt8((bytes[at] as number) ^ (1 << Math.floor(random() * 8)), at),
  (bytes, at) => bytes.fill(0xff, at & ~7, (at & ~7) + 8),
  (bytes, at, random) => bytes.fill(0, at, at + Math.floor(random() * 64)),
  // An address or a length, turned into another place of the file.
  (bytes, at, random) => bytes.writeUInt32LE(Math.floor((random() * bytes.length) / 8) * 8, Math.min(at & ~7, bytes.length - 4)),
];

test('HDF5 files with a few bytes changed', { timeout: 600_000 }, async () => {
  const random = lehmer(20261127);
  const files = kerasFiles.filter((name) => name.endsWith('.h5'));
  let refusals = 0;
  for (let i = 0; i < 120; i++) {
    const file = files[i % files.length] as string;
    const bytes = kerasFile(file);
    let at = Math.floor(random() * bytes.length);
    while (bytes[at] === 0) at = Math.floor(random() * bytes.length);
    damages[i % damages.length]?.(bytes, at, random);
    if (!(await opened(file, bytes, `damage ${i} at ${at}`))) refusals += 1;
  }
  assert.ok(refusals > 30, `${refusals} of 120 were noticed`);
});

test('.keras files with any byte changed are refused or right', async () => {
  const file = 'functional.keras';
  const bytes = kerasFile(file);
  const right = await openModel(fileInMemory(file, bytes));
  const random = lehmer(7);
  let refusals = 0;
  for (let i = 0; i < 60; i++) {
    const damaged = Buffer.from(bytes);
    const at = Math.floor(random() * bytes.length);
    damaged.writeUInt8((bytes[at] as number) ^ (1 + Math.floor(random() * 255)), at);
    const model = await opened(file, damaged, `byte ${at}`);
    if (!model) refusals += 1;
    else assert.deepEqual(model.graph, right.graph, `byte ${at}`);
  }
  assert.ok(refusals > 50, `${refusals} of 60 were noticed`);
});

test('a file after a damaged one is read as ever', async () => {
  const bytes = kerasFile('functional.h5');
  const right = await openModel(fileInMemory('functional.h5', bytes));
  await opened('functional.h5', Buffer.from(bytes).fill(0xff, 2000, 3000), 'a kilobyte of ones');
  assert.deepEqual((await openModel(fileInMemory('functional.h5', bytes))).graph, right.graph);
});
