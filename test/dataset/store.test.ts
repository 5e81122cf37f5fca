/** Shards on disk: read back whole or not at all. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { decodeShard, encodeShard } from '../../src/dataset/shardFile.ts';
import { Store } from '../../src/dataset/store.ts';
import { type TalliedLayer, Tally } from '../../src/dataset/tally.ts';
import { newFolder } from '../support/engineCalls.ts';
import { noise } from '../support/onnxModels.ts';

const of: TalliedLayer = { layer: 'conv/α 1', units: 3, height: 2, width: 4 };
const key = { file: '/m/model.onnx', hash: 'abc', preprocessing: '{}' };

/** Images `from` to `to`, of noise. */
function tallyOf(from: number, to: number, layer = of): Tally {
  const tally = new Tally(layer);
  const cells = layer.height * layer.width;
  for (let i = from; i < to; i++) {
    const values = noise(layer.units * cells, i + 1);
    const rows = Array.from({ length: layer.units }, (_, u) => values.subarray(u * cells, (u + 1) * cells));
    const max = Float32Array.from(rows, (row) => Math.max(...row));
    const at = rows.map((row, u) => row.indexOf(max[u] as number));
    assert.ok(tally.add({ hash: `hash${i}`, path: `/p/${i}.png` }, { values, max, at }));
  }
  return tally;
}

/** Everything that others read. */
function told(tally: Tally | undefined) {
  const { top, histogram, ...rest } = (tally as Tally).collection((hash) => (hash === 'hash1' ? '/moved.png' : undefined));
  const units = Array.from({ length: rest.units }, (_, u) => ({
    top: top(u),
    linear: histogram(u).linear(10),
    quantile: histogram(u).quantile(0.1),
  }));
  return { ...rest, units };
}

async function store(t: TestContext): Promise<{ store: Store; root: string }> {
  const root = await newFolder(t);
  return { store: new Store(root, key), root };
}

test('what is written is read back; the paths are those of now', async (t) => {
  const { store: kept } = await store(t);
  await kept.write(tallyOf(0, 5));
  const again = told(await kept.load(of.layer));
  assert.deepEqual(again, told(tallyOf(0, 5)));
  assert.deepEqual(
    again.images.map(({ path }) => path),
    ['/p/0.png', '/moved.png', '/p/2.png', '/p/3.png', '/p/4.png'],
  );
  assert.deepEqual(await kept.layers(), [of.layer]);
});

test('several shards together are one tally of all images', async (t) => {
  const { store: kept } = await store(t);
  for (const [from, to] of [
    [4, 9],
    [0, 1],
    [1, 4],
  ] as const)
    await kept.write(tallyOf(from, to));
  const [merged, whole] = [told(await kept.load(of.layer)), told(tallyOf(0, 9))];
  // Sums in another order are others in their last digits.
  assert.deepEqual({ ...merged, mean: 0 }, { ...whole, mean: 0 });
  merged.mean.forEach((m, u) => {
    assert.ok(Math.abs(m - (whole.mean[u] as number)) < 1e-6);
  });
});

test('of two shards with the same image one stays: no image counts twice', async (t) => {
  const { store: kept } = await store(t);
  await kept.write(tallyOf(0, 2));
  await kept.write(tallyOf(0, 60));
  assert.equal((await kept.load(of.layer))?.images.length, 60);
  assert.equal((await kept.files(of.layer)).length, 1);
});

test('any damage is noticed, and the file dropped', async (t) => {
  const { store: kept } = await store(t);
  const file = await kept.write(tallyOf(0, 3));
  const whole = await readFile(file);
  const damaged: [string, Buffer][] = [
    ['empty', Buffer.alloc(0)],
    ['cut off', whole.subarray(0, whole.length - 1)],
    ['longer', Buffer.concat([whole, Buffer.of(0)])],
    ['something else', Buffer.from('{"version":1}'.repeat(20))],
    ...[0, 4, 9, 20, 60, whole.length - 3].map((at): [string, Buffer] => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] as number) ^ 1;
      return [`byte ${at} changed`, bytes];
    }),
  ];
  for (const [what, bytes] of damaged) {
    await writeFile(file, bytes);
    assert.equal(await kept.load(of.layer), undefined, what);
    assert.deepEqual(await kept.files(of.layer), [], what);
  }
});

test('a whole file whose numbers make no sense is dropped', async () => {
  const { top, histograms, sum, min, max, images, hashes } = tallyOf(0, 3);
  const decoded = async (changed: object) =>
    await decodeShard(await encodeShard({ of, top, histograms, sum, min, max, images, hashes, ...changed } as unknown as Tally));
  assert.ok(await decoded({}));
  assert.equal(await decoded({ of: { ...of, units: 4 } }), undefined, 'units');
  assert.equal(await decoded({ of: { ...of, height: 1, width: 1 } }), undefined, 'cells that are not there');
  assert.equal(await decoded({ images: images.slice(1) }), undefined, 'images that are not there');
  assert.equal(await decoded({ sum: new Float64Array(2) }), undefined, 'sums');
});

test('a shard of another layer is dropped', async (t) => {
  const { store: kept } = await store(t);
  const mine = await kept.write(tallyOf(0, 2));
  const other = await kept.write(tallyOf(2, 4, { ...of, layer: 'other' }));
  await writeFile(mine, await readFile(other));
  assert.equal(await kept.load(of.layer), undefined);
  assert.equal((await kept.load('other'))?.images.length, 2);
});

test('models and preprocessings are kept apart; forgetting takes all of a model file, or one layer', async (t) => {
  const { store: kept, root } = await store(t);
  const [older, foreign] = [new Store(root, { ...key, hash: 'older' }), new Store(root, { ...key, file: '/m/b.onnx', hash: 'b' })];
  const other = { ...of, layer: 'other' };
  for (const each of [kept, older, foreign]) for (const layer of [of, other]) await each.write(tallyOf(0, 2, layer));
  await writeFile(join(root, 'catalogue.json'), '{}');
  const bytes = await kept.bytes();
  await kept.forgetLayer(of.layer);
  assert.deepEqual([await kept.layers(), await kept.load(of.layer), (await older.layers()).length], [['other'], undefined, 2]);
  assert.ok((await kept.bytes()) < bytes);
  await kept.forgetModel();
  assert.deepEqual([await kept.layers(), await older.layers(), (await foreign.layers()).length], [[], [], 2]);
  assert.equal(await kept.bytes(), 0);
});
