/** What is kept of checkpoints: looked up as it was put, bounded, and begun anew where it is damaged. */
import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { trainingSchema } from '../../src/dataset/trainingSchema.ts';
import { TrainingStore } from '../../src/dataset/trainingStore.ts';
import { newFolder } from '../support/engineCalls.ts';
import { noise } from '../support/onnxModels.ts';

const bytes = (length: number, seed: number) => Uint8Array.from(noise(length, seed), (v) => Math.round((v + 1) * 127.5));

test('what is put is looked up by version, kind and key, by another store of the folder too; what is put again replaces it', async (t) => {
  const folder = await newFolder(t);
  const store = new TrainingStore(folder);
  assert.equal(await store.get('logits', 'v1', 'a'), undefined);
  await assert.rejects(stat(join(folder, trainingSchema.file)), 'a look makes no file');
  await store.putAll('logits', 'v1', [
    { key: 'a', value: bytes(1000, 1) },
    { key: 'b', value: bytes(70_000, 2) },
  ]);
  await store.put('whole', 'v1', 'a', bytes(10, 3));
  await store.put('logits', 'v2', 'a', bytes(10, 4));
  await store.put('logits', 'v1', 'a', bytes(1500, 5));
  const other = new TrainingStore(folder);
  const found = await other.getAll('logits', 'v1', ['b', 'none', 'a']);
  assert.deepEqual(
    found.map((value) => value && [...value]),
    [[...bytes(70_000, 2)], undefined, [...bytes(1500, 5)]],
  );
  assert.deepEqual([...((await other.get('whole', 'v1', 'a')) ?? [])], [...bytes(10, 3)]);
  assert.deepEqual((await other.keys('logits', 'v1')).sort(), ['a', 'b']);
  assert.equal(await other.bytes(), 70_000 + 1500 + 10 + 10, 'what was replaced does not count');
});

test('a version that is forgotten takes nothing of the others with it, and gives back its room', async (t) => {
  const folder = await newFolder(t);
  const store = new TrainingStore(folder);
  await store.forget('v1');
  for (const version of ['v1', 'v2']) await store.put('logits', version, 'a', bytes(3_000_000, version.length));
  await store.sayOfFile('/m.onnx', 'v1');
  const size = async () => (await stat(join(folder, trainingSchema.file))).size;
  await store.forget('v1');
  assert.equal(await store.get('logits', 'v1', 'a'), undefined);
  assert.equal((await store.get('logits', 'v2', 'a'))?.length, 3_000_000);
  assert.ok((await size()) < 4_000_000, `${await size()} bytes on disk`);
  assert.equal(await store.fileSaid('/m.onnx'), 'v1');
  await store.forget();
  assert.equal(await store.get('logits', 'v2', 'a'), undefined);
  assert.equal(await store.fileSaid('/m.onnx'), undefined);
  assert.equal(await store.bytes(), 0);
});

test('where there is no room the versions go that were not asked about for the longest time', async (t) => {
  const folder = await newFolder(t);
  t.mock.timers.enable({ apis: ['Date'], now: 1e12 });
  const store = new TrainingStore(folder, 10_000);
  for (const version of ['v1', 'v2', 'v3']) {
    await store.put('logits', version, 'a', bytes(3_000, 1));
    t.mock.timers.tick(3_600_000);
  }
  // Asked about: now v2 is the oldest.
  assert.ok(await store.get('logits', 'v1', 'a'));
  t.mock.timers.tick(3_600_000);
  await store.put('logits', 'v4', 'a', bytes(3_000, 1));
  const there = [];
  for (const version of ['v1', 'v2', 'v3', 'v4']) there.push((await store.get('logits', version, 'a')) !== undefined);
  assert.deepEqual(there, [true, false, true, true]);
  assert.equal(await store.bytes(), 9_000);
  // One that is larger than the bound stays until something newer comes.
  await store.put('whole', 'v5', 'a', bytes(20_000, 1));
  assert.equal((await store.get('whole', 'v5', 'a'))?.length, 20_000);
  assert.equal(await store.bytes(), 20_000);
});

test('a damaged store, or one of something else, is begun anew', async (t) => {
  const said: string[] = [];
  t.mock.method(console, 'warn', (text: string) => void said.push(text));
  const folder = await newFolder(t);
  await writeFile(join(folder, trainingSchema.file), bytes(10_000, 1));
  const store = new TrainingStore(folder);
  assert.equal(await store.get('logits', 'v1', 'a'), undefined);
  await store.put('logits', 'v1', 'a', bytes(100, 2));
  assert.equal((await store.get('logits', 'v1', 'a'))?.length, 100);
  assert.match(said.join(), /store of training results '.*training\.sqlite' is damaged/);
});
