/** The shard that grows: written again and again, there is always one whole file of it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Store, shardImages } from '../../../src/dataset/store.ts';
import { OpenShard } from '../../../src/engine/units/openShard.ts';
import { newFolder } from '../../support/engineCalls.ts';
import { noise } from '../../support/onnxModels.ts';

const of = { layer: 'relu', units: 2, height: 1, width: 3 };
const hashes = (count: number) => new Map(Array.from({ length: count }, (_, i) => [`hash${i}`, true]));

async function newStore(t: TestContext): Promise<Store> {
  return new Store(await newFolder(t), { file: 'model.onnx', hash: 'a', preprocessing: '' });
}

function addTo(shard: OpenShard, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const values = noise(6, i + 1);
    const max = Float32Array.of(Math.max(...values.subarray(0, 3)), Math.max(...values.subarray(3)));
    assert.ok(shard.add({ hash: `hash${i}`, path: `${i}.png` }, { values, max, at: [0, 1] }));
  }
}

test('each write replaces the one before; nothing new, nothing written', async (t) => {
  const store = await newStore(t);
  const shard = await OpenShard.open(store, of, new Map());
  for (const [from, to] of [
    [0, 3],
    [3, 4],
    [4, 9],
  ] as const) {
    addTo(shard, from, to);
    await shard.write();
    assert.deepEqual([(await store.files('relu')).length, (await store.load('relu'))?.images.length], [1, to]);
  }
  const [before] = await store.files('relu');
  await shard.write();
  assert.deepEqual(await store.files('relu'), [before]);
});

test('a full one is left, the next begins; small ones of before grow on as one', async (t) => {
  const store = await newStore(t);
  const first = await OpenShard.open(store, of, new Map());
  addTo(first, 0, shardImages);
  assert.ok(first.full);
  await first.write();
  const [full] = await store.files('relu');
  addTo(first, shardImages, shardImages + 5);
  await first.write();
  assert.equal((await store.files('relu')).length, 2);
  const later = await OpenShard.open(store, of, hashes(300));
  assert.equal(later.hashes.size, shardImages + 5);
  addTo(later, shardImages + 5, shardImages + 7);
  await later.write();
  const files = await store.files('relu');
  assert.equal(files.length, 2);
  assert.ok(files.includes(full as string));
  assert.equal((await store.load('relu'))?.images.length, shardImages + 7);
});

test('shards with what is gone, or of a layer of another shape, are deleted', async (t) => {
  const store = await newStore(t);
  for (const [from, to] of [
    [0, shardImages],
    [shardImages, 400],
  ] as const) {
    const shard = await OpenShard.open(store, of, hashes(400));
    addTo(shard, from, to);
    await shard.write();
  }
  const current = hashes(400);
  current.delete('hash10');
  assert.deepEqual(
    [...(await OpenShard.open(store, of, current)).hashes],
    Array.from({ length: 400 - shardImages }, (_, i) => `hash${i + shardImages}`),
  );
  assert.equal((await OpenShard.open(store, { ...of, width: 4 }, current)).hashes.size, 0);
  assert.deepEqual(await store.files('relu'), []);
});

test('an image that is not finite is not counted', async (t) => {
  const shard = await OpenShard.open(await newStore(t), of, new Map());
  const bad = { values: Float32Array.of(1, 2, 3, 4, Number.NaN, 6), max: Float32Array.of(3, 6), at: [2, 2] };
  assert.equal(shard.add({ hash: 'hash0', path: '0.png' }, bad), false);
  assert.equal(shard.hashes.size, 0);
});
