/** Rows, neighbours and agreement against what the network says of each image alone, in double precision. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createEngine } from '../../../src/engine/engine.ts';
import { createServices, type EngineOptions } from '../../../src/engine/services.ts';
import { nearestIn } from '../../../src/engine/space/nearestIn.ts';
import { usearch } from '../../../src/numeric/usearch.ts';
import { type Metric, metrics, type SpaceCalls, type SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { classNames, newFolder, unitPixels, writeClassifier, writePicture } from '../../support/engineCalls.ts';
import { eachByReference, featuresIn } from '../../support/indexing.ts';
import { clouds, definition } from '../../support/neighbours.ts';

const options: EngineOptions = { engine: 'onnxruntime', cacheBytes: 2 ** 26 };

interface Situation {
  root: string;
  model: string;
  store: string;
  images: string[];
}

/** Pictures of noise in class folders below `train` and `test`, of classes that the model has and one that it has not. */
async function situation(t: TestContext, count = 30, sidecar: object = {}): Promise<Situation> {
  const [root, store, folder] = [await newFolder(t), await newFolder(t), await newFolder(t)];
  const names = ['ant', 'Bee', 'zebra'];
  const images: string[] = [];
  for (let i = 0; i < count; i++) {
    const directory = join(root, i % 5 === 0 ? 'test' : 'train', names[i % 3] as string);
    await mkdir(directory, { recursive: true });
    images.push(await writePicture(join(directory, `${i}.png`), { seed: 3 * i + 1 }));
  }
  return { root, store, images, model: await writeClassifier(folder, {}, sidecar) };
}

function asking({ root, model, store }: Situation) {
  const engine = createEngine(options);
  const context = { signal: new AbortController().signal, progress: () => {} };
  return {
    engine,
    index: (images: readonly string[]) => engine.index({ model, store, images }, context),
    rows: (images: readonly string[], more: Partial<SpaceCalls['rows']['params']> = {}) =>
      engine.rows({ model, store, images, roots: [root], ...more }, context),
    neighbours: (revision: string, image: string, k: number, metric: Metric) => engine.neighbours({ revision, image, k, metric }, context),
    agreement: (revision: string, k: number, metric: Metric) => engine.agreement({ revision, k, metric }, context),
  };
}

const softmax = (logits: readonly number[]) => {
  const sum = logits.reduce((a, z) => a + Math.exp(z), 0);
  return logits.map((z) => Math.exp(z) / sum);
};

function near(actual: number | undefined, expected: number | undefined, what: string): void {
  if (expected === undefined || Number.isNaN(expected)) assert.ok(Number.isNaN(actual), `${what}: ${actual}`);
  else assert.ok(Math.abs((actual as number) - expected) < 2e-5, `${what}: ${actual}, not ${expected}`);
}

test('predictions, probabilities, labels and folders of every row', async (t) => {
  const all = await situation(t);
  const { index, rows } = asking(all);
  await index(all.images.slice(0, 25));
  const found = await rows(all.images);
  assert.deepEqual(found.paths, all.images.slice(0, 25));
  assert.deepEqual(found.classes, [...classNames, 'zebra']);
  assert.equal(found.modelClasses, 5);
  assert.deepEqual(found.labelSource, { kind: 'folders' });
  assert.deepEqual(
    found.warnings.map(({ code, message }) => [code, message]),
    [['labels', "2 of 3 labels are classes of the model; it has none called 'zebra'."]],
  );
  const expected = await eachByReference(all.model, all.images.slice(0, 25), unitPixels);
  expected.forEach(({ logits }, row) => {
    const p = softmax(logits);
    const [best, second] = p.toSorted((a, b) => b - a) as [number, number];
    assert.equal(found.predicted[row], p.indexOf(best));
    near(found.confidence[row], best, `confidence ${row}`);
    near(found.margin[row], best - second, `margin ${row}`);
    const label = [0, 1, 5][row % 3] as number;
    assert.equal(found.labels[row], label);
    near(found.trueProbability[row], label === 5 ? Number.NaN : p[label], `probability of the label ${row}`);
    const folder = `${row % 5 === 0 ? 'test' : 'train'}/${['ant', 'Bee', 'zebra'][row % 3]}`;
    assert.equal(found.folders[found.folder[row] as number], folder);
  });
});

test('a revision is the same for the same rows, and another where anything differs', async (t) => {
  const all = await situation(t, 12);
  const { index, rows } = asking(all);
  await index(all.images);
  const { revision } = await rows(all.images);
  assert.equal((await asking(all).rows(all.images)).revision, revision);
  const labelFile = join(all.store, 'mine.csv');
  await writeFile(labelFile, `file,label\n${all.images.map((path, i) => `${path},${i % 2 ? 'cat' : 'dog'}`).join('\n')}\n`);
  const others = [
    await rows(all.images.slice(1)),
    await rows(all.images.toReversed()),
    await rows(all.images, { labelFile }),
    await rows(all.images, { layer: 'conv' }),
  ];
  assert.equal(new Set([revision, ...others.map((each) => each.revision)]).size, 5);
});

test('a label file beside the images counts, one that is chosen counts more, and indices are classes', async (t) => {
  const all = await situation(t, 10);
  const { index, rows } = asking(all);
  await index(all.images);
  await writeFile(join(all.root, 'labels.csv'), `id;target\n${all.images.map((_, i) => `${i};${i % 5}`).join('\n')}\n`);
  const beside = await rows(all.images);
  assert.deepEqual([...beside.labels], [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
  assert.deepEqual([beside.classes, beside.labelSource], [classNames, { kind: 'file', file: join(all.root, 'labels.csv') }]);
  const labelFile = join(all.root, 'chosen.json');
  await writeFile(labelFile, JSON.stringify({ '0.png': 'dog', '1.png': 'quince' }));
  const chosen = await rows(all.images, { labelFile });
  assert.deepEqual([...chosen.labels], [3, 5, ...new Array<number>(8).fill(-1)]);
  assert.equal(chosen.classes[5], 'quince');
  await writeFile(labelFile, '{"0.png": "dog"');
  await assert.rejects(rows(all.images, { labelFile }), { code: 'labels', file: labelFile, message: /chosen\.json.*no valid JSON/ });
});

test('no labels, one image, none', async (t) => {
  const all = await situation(t, 0);
  const { index, rows, neighbours, agreement } = asking(all);
  const none = await rows([]);
  assert.deepEqual([none.count, none.labelSource], [0, { kind: 'none' }]);
  const image = await writePicture(join(all.root, 'one.png'));
  const nobody = await neighbours(none.revision, image, 5, 'cosine');
  assert.deepEqual([nobody.features, nobody.pixels, nobody.copies, nobody.query.row], [[], [], [], -1]);
  await index([image]);
  const one = await rows([image]);
  assert.deepEqual([one.count, [...one.labels], one.folders], [1, [-1], ['']]);
  const alone = await neighbours(one.revision, image, 5, 'cosine');
  assert.deepEqual([alone.features, alone.query.row, alone.searched], [[], 0, 0]);
  for (const { revision } of [none, one]) {
    const { purity, pixelPurity, share } = await agreement(revision, 10, 'euclidean');
    assert.ok(Number.isNaN(purity) && Number.isNaN(pixelPurity) && share.every(Number.isNaN));
  }
});

test('a model whose outputs are no class scores has neighbours and no predictions', async (t) => {
  const all = await situation(t, 6, { labels: undefined });
  const { index, rows, neighbours } = asking(all);
  await index(all.images);
  const found = await rows(all.images);
  assert.equal(found.modelClasses, 0);
  assert.deepEqual(found.classes, ['Bee', 'ant', 'zebra']);
  assert.ok(found.predicted.every((each) => each === -1) && found.confidence.every(Number.isNaN));
  assert.equal((await neighbours(found.revision, all.images[0]!, 3, 'cosine')).query.confidence, Number.NaN);
});

/** All other rows sorted by distance, those with the same content left out. */
function sorted(
  vectors: readonly (readonly number[])[],
  hashes: readonly string[],
  query: { vector: readonly number[]; hash: string },
  metric: Metric,
) {
  const points = (all: readonly (readonly number[])[]) => ({
    data: Float32Array.from(all.flat()),
    count: all.length,
    dimensions: query.vector.length,
  });
  const [from, to] = [points([query.vector]), points(vectors)];
  return vectors
    .map((_, row) => ({ row, distance: definition(from, 0, to, row, metric) }))
    .filter(({ row }) => hashes[row] !== query.hash)
    .sort((a, b) => a.distance - b.distance || a.row - b.row)
    .map(({ row, distance }) => ({ row, distance: metric === 'euclidean' ? Math.sqrt(distance) : distance }));
}

function sameNeighbours(
  actual: readonly { row: number; distance: number }[],
  expected: readonly { row: number; distance: number }[],
): void {
  assert.deepEqual(
    actual.map(({ row }) => row),
    expected.map(({ row }) => row),
  );
  for (const [i, { distance }] of actual.entries()) near(distance, expected[i]?.distance, `distance ${i}`);
}

for (const metric of metrics) {
  test(`${metric}: neighbours of a row, of a copy and of another image, in features and in pixels`, async (t) => {
    const all = await situation(t);
    const copies = [join(all.root, 'copy.png'), join(all.root, 'again.png')];
    for (const copy of copies) await copyFile(all.images[7]!, copy);
    const images = [...all.images, ...copies];
    const outside = await writePicture(join(await newFolder(t), 'outside.png'), { seed: 999, width: 40, height: 31 });
    const { index, rows, neighbours } = asking(all);
    await index(images);
    const { revision, ...told } = await rows(images);
    const each = await eachByReference(all.model, [...images, outside], unitPixels);
    const kept = await featuresIn(all, images);
    const pixels = images.map((_, i) => [...kept.pixels.subarray(i * kept.pixelLength, (i + 1) * kept.pixelLength)]);
    const hashes = each.slice(0, images.length).map(({ hash }) => hash);
    const vectors = each.slice(0, images.length).map(({ vector }) => vector);
    for (const at of [0, 7, 30, 31, 32]) {
      const query = each[at]!;
      const found = await neighbours(revision, query.path, 12, metric);
      sameNeighbours(found.features, sorted(vectors, hashes, query, metric).slice(0, 12));
      assert.deepEqual([found.recall, found.metric, found.revision], [undefined, metric, revision]);
      const twins = at === 7 || at === 30 || at === 31 ? [7, 30, 31] : at === 32 ? [] : [at];
      assert.deepEqual(
        found.copies,
        twins.filter((row) => row !== at),
      );
      assert.equal(found.searched, 32 - twins.length);
      const p = softmax(query.logits);
      assert.deepEqual([found.query.row, found.query.predicted], [at === 32 ? -1 : at, p.indexOf(Math.max(...p))]);
      near(found.query.confidence, Math.max(...p), 'confidence');
      assert.equal(found.query.label, at === 32 ? -1 : told.labels[at]);
      assert.deepEqual([found.query.picture.width, found.query.picture.height], [8, 6]);
      if (at !== 32) sameNeighbours(found.pixels, sorted(pixels, hashes, { hash: query.hash, vector: pixels[at]! }, metric).slice(0, 12));
      else assert.equal(found.pixels.length, 12);
    }
  });

  test(`${metric}: agreement is that of all distances, copies are no neighbours, the unlabelled take no part`, async (t) => {
    const all = await situation(t, 24);
    const copies: string[] = [];
    for (let i = 0; i < 4; i++) {
      copies.push(join(all.root, 'train', i % 2 ? 'ant' : 'zebra', `copy${i}.png`));
      await copyFile(all.images[i]!, copies[i]!);
    }
    const bare = await writePicture(join(all.root, 'bare.png'), { seed: 4321 });
    const images = [...all.images, bare, ...copies];
    const { index, rows, agreement } = asking(all);
    await index(images);
    const { revision, labels } = await rows(images);
    assert.equal(labels[24], -1);
    const each = await eachByReference(all.model, images, unitPixels);
    const kept = await featuresIn(all, images);
    const pixels = images.map((_, i) => [...kept.pixels.subarray(i * kept.pixelLength, (i + 1) * kept.pixelLength)]);
    const hashes = each.map(({ hash }) => hash);
    for (const k of [1, 5, 100]) {
      const shares = (vectors: readonly (readonly number[])[]) =>
        images.map((_, row) => {
          const near = sorted(vectors, hashes, { vector: vectors[row]!, hash: hashes[row]! }, metric).filter((n) => labels[n.row]! >= 0);
          const said = near.slice(0, k).map((n) => labels[n.row]);
          return labels[row]! < 0 ? Number.NaN : said.filter((label) => label === labels[row]).length / said.length;
        });
      const mean = (list: readonly number[]) => list.filter((v) => !Number.isNaN(v)).reduce((a, b, _, { length }) => a + b / length, 0);
      const found = await agreement(revision, k, metric);
      const expected = shares(each.map(({ vector }) => vector));
      for (const [row, share] of expected.entries()) near(found.share[row], share, `k ${k} row ${row}`);
      near(found.purity, mean(expected), 'purity');
      near(found.pixelPurity, mean(shares(pixels)), 'purity of pixels');
      expected.forEach((share, row) => {
        if (share > 0.5) assert.equal(found.majority[row], labels[row]);
        if (Number.isNaN(share)) assert.equal(found.majority[row], -1);
      });
    }
  });
}

test('a row whose file holds another picture by now is an image like any other; one that is gone is named', async (t) => {
  const all = await situation(t, 8);
  const { index, rows, neighbours } = asking(all);
  await index(all.images);
  const { revision } = await rows(all.images);
  const [changed, gone, other] = all.images as [string, string, string];
  const before = await neighbours(revision, changed, 3, 'cosine');
  await rm(changed);
  await copyFile(other, changed);
  const now = await neighbours(revision, changed, 3, 'cosine');
  assert.deepEqual([before.query.row, now.query.row, now.copies], [0, -1, [2]]);
  await rename(gone, `${gone}.away`);
  await assert.rejects(neighbours(revision, gone, 3, 'cosine'), { code: 'file-missing', file: gone });
});

test('agreement is computed once, however many ask, and ends when nobody waits for it', async (t) => {
  const all = await situation(t, 12);
  const { index, rows, agreement, engine } = asking(all);
  await index(all.images);
  const { revision } = await rows(all.images);
  const [first, second] = await Promise.all([agreement(revision, 3, 'cosine'), agreement(revision, 3, 'cosine')]);
  assert.equal(first, second);
  assert.equal(await agreement(revision, 3, 'cosine'), first);
  assert.notEqual(await agreement(revision, 3, 'euclidean'), first);
  const heard: number[] = [];
  const ask = (signal: AbortSignal) =>
    engine.agreement({ revision, k: 2, metric: 'cosine' }, { signal, progress: ({ done }) => heard.push(done) });
  await assert.rejects(ask(AbortSignal.abort()), { code: 'cancelled' });
  await ask(new AbortController().signal);
  assert.equal(heard.at(-1), 1);
  assert.deepEqual(
    heard,
    heard.toSorted((a, b) => a - b),
  );
});

test('rows that are not kept are stale', async (t) => {
  const all = await situation(t, 1);
  const { neighbours, agreement } = asking(all);
  for (const call of [neighbours('none', all.images[0]!, 3, 'cosine'), agreement('none', 3, 'cosine')]) {
    await assert.rejects(call, { code: 'stale', hint: /again/ });
  }
});

test('above a number of rows an approximate search leads to nearly the same, and says how nearly', async (t) => {
  if (!(await usearch())) return t.skip('left out: usearch is not installed for this platform');
  const { data, ...size } = clouds(1500, 32, { seed: 2, width: 1 });
  const rows = { count: 1500 } as SpaceRows;
  const features = { ...size, data: data as Float32Array };
  const set = {
    revision: 'a',
    rows,
    features,
    pixels: { data: new Uint8Array(1500), count: 1500, dimensions: 1 },
    hashes: [],
    of: { model: '', store: '', layer: '' },
  };
  const asked = { query: features.data.slice(0, 32), k: 10, metric: 'cosine' as const };
  const { signal } = new AbortController();
  const exact = await nearestIn(set, asked, signal);
  assert.equal(exact.recall, undefined);
  const close = await nearestIn(set, asked, signal, 1000);
  assert.ok(close.recall !== undefined && close.recall > 0.9 && close.recall <= 1, `recall ${close.recall}`);
  assert.ok(close.indices.filter((row) => exact.indices.includes(row)).length >= 8);
  assert.equal(close.indices[0], 0);
});

test('a hundred thousand rows have labels and folders in a moment', async (t) => {
  const { rowLabels } = await import('../../../src/engine/space/rowLabels.ts');
  const services = createServices(options);
  const all = await situation(t, 0);
  const info = await services.inputs.describe(await services.models.open(all.model), undefined);
  const images = Array.from({ length: 100_000 }, (_, i) => join(all.root, 'train', `class ${i % 100}`, `${i}.png`));
  const start = performance.now();
  const labels = await rowLabels(info, { images, roots: [all.root] });
  assert.equal(labels.classes.length, 105);
  assert.equal(labels.classes[labels.labelOf(images[4321]!)], 'class 21');
  const ms = performance.now() - start;
  assert.ok(ms < 20_000, `${ms} ms`);
});
