/** Indexing images: equal to every image alone, whatever happened to the files before. */
import assert from 'node:assert/strict';
import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { createServices } from '../../../src/engine/services.ts';
import { featuresOf, openIndex } from '../../../src/engine/space/openIndex.ts';
import type { IndexProgress } from '../../../src/shared/spaceProtocol.ts';
import { pictures } from '../../support/collecting.ts';
import { newFolder, unitPixels, writeClassifier, writePicture } from '../../support/engineCalls.ts';
import { eachByReference, featuresIn, indexer } from '../../support/indexing.ts';
import { noise, weight } from '../../support/onnxModels.ts';

interface Situation {
  model: string;
  store: string;
  images: string[];
}

async function situation(
  t: TestContext,
  count = 20,
  ...model: Partial<Parameters<typeof writeClassifier> extends [string, ...infer R] ? R : never>
): Promise<Situation> {
  const [folder, store] = [await newFolder(t), await newFolder(t)];
  return { model: await writeClassifier(folder, ...model), store, images: await pictures(t, count) };
}

async function counts(result: Promise<{ indexed: number; reused: number; skipped: readonly unknown[] }>): Promise<number[]> {
  const { indexed, reused, skipped } = await result;
  return [indexed, reused, skipped.length];
}

async function state(result: Promise<{ images: number; indexed: number; unreadable: number }>): Promise<number[]> {
  const { images, indexed, unreadable } = await result;
  return [images, indexed, unreadable];
}

const near = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string) => {
  assert.equal(actual.length, expected.length, what);
  for (let i = 0; i < expected.length; i++)
    assert.ok(Math.abs(actual[i]! - expected[i]!) < 2e-5, `${what} [${i}]: ${actual[i]}, ${expected[i]}`);
};

test('features, answers and pixels are those of every image alone', async (t) => {
  const { model, store, images } = await situation(t, 37);
  for (const layer of [undefined, 'conv', 'relu', 'logits']) {
    const { index } = indexer(model, store, layer);
    assert.deepEqual(await counts(index(images)), [37, 0, 0]);
    const expected = await eachByReference(model, images, unitPixels, layer);
    const found = await featuresIn({ model, store, ...(layer && { layer }) }, images);
    assert.deepEqual(found.paths, images);
    assert.deepEqual(
      found.hashes,
      expected.map(({ hash }) => hash),
    );
    assert.ok(found.vectors.buffer instanceof SharedArrayBuffer && found.pixels.buffer instanceof SharedArrayBuffer);
    assert.deepEqual([found.best, found.pixelLength], [5, 6 * 8 * 3]);
    const d = found.vectors.length / 37;
    expected.forEach(({ path, vector, logits }, i) => {
      near(found.vectors.subarray(i * d, (i + 1) * d), vector, `${layer} ${path} features`);
      const order = logits.map((z, k) => [z, k] as const).sort((a, b) => b[0] - a[0]);
      assert.deepEqual(
        [...found.classes.subarray(i * 5, (i + 1) * 5)],
        order.map(([, k]) => k),
      );
      near(
        found.logits.subarray(i * 5, (i + 1) * 5),
        order.map(([z]) => z),
        'logits',
      );
      near([found.logSumExp[i]!], [Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0))], 'log Σ exp');
    });
  }
});

test('one image that is asked for has the numbers of the index', async (t) => {
  const { model, store, images } = await situation(t, 5);
  await indexer(model, store).index(images);
  const { signal } = t;
  const services = createServices({ engine: 'onnxruntime', cacheBytes: 2 ** 26 });
  const index = await openIndex(services, { model, store }, signal);
  const all = await index.features(images, signal);
  const one = await featuresOf(services, index, images[3]!, signal);
  assert.equal(one.hash, all.hashes[3]);
  near(one.vector, all.vectors.subarray(12, 16), 'vector');
  near(one.logits, all.logits.subarray(15, 20), 'logits');
  assert.deepEqual(one.classes, all.classes.slice(15, 20));
  assert.deepEqual([...one.pixels], [...all.pixels.subarray(3 * 144, 4 * 144)]);
  await assert.rejects(featuresOf(services, index, join(store, 'nothing.png'), signal), { code: 'file-missing', message: /nothing\.png/ });
});

test('an empty set, one image, the same image twice', async (t) => {
  const { model, store, images } = await situation(t, 1);
  const { index, indexed, features } = indexer(model, store);
  assert.deepEqual(await state(indexed([])), [0, 0, 0]);
  assert.deepEqual(await counts(index([])), [0, 0, 0]);
  assert.deepEqual((await features([])).paths, []);
  assert.deepEqual(await counts(index([images[0]!, images[0]!])), [1, 0, 0]);
  assert.deepEqual(await state(indexed([images[0]!, images[0]!])), [1, 1, 0]);
  assert.equal((await features([images[0]!])).vectors.length, 4);
});

test('reading makes no database', async (t) => {
  const { model, store, images } = await situation(t, 2);
  const { indexed, features, thumbnails } = indexer(model, join(store, 'not there'));
  const found = await indexed(images);
  assert.deepEqual([found.indexed, found.bytes, found.layer], [0, 0, 'n_pool']);
  assert.deepEqual((await features(images)).paths, []);
  assert.deepEqual(
    (await thumbnails(images)).map((jpeg) => jpeg.length),
    [0, 0],
  );
  await indexer(model, join(store, 'not there')).forgetAll();
  await indexer(model, join(store, 'not there')).forget();
  await assert.rejects(rm(join(store, 'not there')), { code: 'ENOENT' });
});

test('files that are new, renamed, overwritten, deleted, copied', async (t) => {
  const { model, store, images } = await situation(t, 12);
  const { index, indexed, features } = indexer(model, store);
  await index(images.slice(0, 10));
  assert.deepEqual(await state(indexed(images)), [12, 10, 0]);
  assert.deepEqual(await counts(index(images)), [2, 10, 0]);

  const moved = join(dirname(images[0]!), 'moved.png');
  await rename(images[0]!, moved);
  const renamed = [moved, ...images.slice(1)];
  assert.deepEqual(await state(indexed(renamed)), [12, 11, 0], 'it has to be read to be known');
  assert.deepEqual(await counts(index(renamed)), [0, 12, 0]);
  assert.deepEqual(await state(indexed(renamed)), [12, 12, 0]);

  await writePicture(images[4]!, { seed: 999 });
  assert.deepEqual(await state(indexed(renamed)), [12, 11, 0]);
  assert.deepEqual(
    (await features(renamed)).paths,
    renamed.filter((path) => path !== images[4]),
  );
  assert.deepEqual(await counts(index(renamed)), [1, 11, 0]);

  const twin = join(dirname(images[0]!), 'twin.png');
  await copyFile(images[5]!, twin);
  await rm(images[6]!);
  const now = [...renamed.filter((path) => path !== images[6]), twin];
  assert.deepEqual(await counts(index(now)), [0, 11, 0]);
  const found = await features(now);
  assert.deepEqual(found.paths, now);
  assert.equal(found.hashes.at(-1), found.hashes[now.indexOf(images[5]!)]);
  const expected = await eachByReference(model, now, unitPixels);
  near(
    found.vectors,
    expected.flatMap(({ vector }) => vector),
    'after all that',
  );
  assert.deepEqual((await features([...now, images[6]!])).paths, now, 'a file that is gone has no row');
});

test('what cannot be read is told, not tried again, and indexed when it is whole', async (t) => {
  const { model, store, images } = await situation(t, 4);
  const { index, indexed, thumbnails } = indexer(model, store);
  const whole = await sharp(images[1]).jpeg().toBuffer();
  await writeFile(images[1]!, whole.subarray(0, 200));
  await writeFile(images[2]!, 'no image');
  const gone = join(dirname(images[0]!), 'gone.png');
  const all = [...images, gone];
  const result = await index(all);
  assert.deepEqual([result.indexed, result.reused], [2, 0]);
  assert.deepEqual(
    result.skipped.map(({ image, error }) => `${image.name}: ${error.code}`),
    ['1.png: file-corrupt', '2.png: format-unknown', 'gone.png: file-missing'],
  );
  assert.deepEqual(await state(indexed(all)), [5, 2, 2]);
  assert.deepEqual(await counts(index(all)), [0, 2, 3]);
  assert.deepEqual(
    (await thumbnails(all)).map((jpeg) => jpeg.length > 0),
    [true, false, false, true, false],
  );
  await writeFile(images[1]!, whole);
  assert.deepEqual(await state(indexed(all)), [5, 2, 1]);
  assert.deepEqual(await counts(index(all)), [1, 2, 2]);
});

test('another version of the model, another preprocessing, another layer: nothing is mixed', async (t) => {
  const all = await situation(t, 8);
  const { model, store, images } = all;
  const { index, features } = indexer(model, store);
  await index(images);
  const first = await features(images);
  await writeClassifier(dirname(model), {
    initializers: [weight('w1', [4, 3, 3, 3], noise(108, 77)), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])],
  });
  assert.deepEqual((await features(images)).paths, []);
  assert.deepEqual(await counts(index(images)), [8, 0, 0]);
  near(
    (await features(images)).vectors,
    (await eachByReference(model, images, unitPixels)).flatMap(({ vector }) => vector),
    'new weights',
  );

  await writeClassifier(dirname(model));
  assert.deepEqual((await features(images)).vectors, first.vectors, 'the old version is known still');
  const how = { ...unitPixels, mean: [0.5, 0.5, 0.5] };
  await writeClassifier(dirname(model), {}, { input: how });
  assert.deepEqual(await counts(index(images)), [8, 0, 0]);
  near(
    (await features(images)).vectors,
    (await eachByReference(model, images, how)).flatMap(({ vector }) => vector),
    'other preprocessing',
  );

  // The same model elsewhere finds what is there.
  const elsewhere = await writeClassifier(await newFolder(t), {}, { input: how });
  assert.deepEqual(await counts(indexer(elsewhere, store).index(images)), [0, 8, 0]);
});

test('of a model file the last versions are kept only', async (t) => {
  const { model, store, images } = await situation(t, 3);
  for (let version = 0; version < 5; version++) {
    await writeClassifier(dirname(model), {}, { input: { ...unitPixels, mean: [version, 0, 0] } });
    await indexer(model, store).index(images);
  }
  const kept = [];
  for (let version = 0; version < 5; version++) {
    await writeClassifier(dirname(model), {}, { input: { ...unitPixels, mean: [version, 0, 0] } });
    kept.push((await indexer(model, store).features(images)).paths.length);
  }
  assert.deepEqual(kept, [0, 0, 3, 3, 3]);
});

test('progress ends at the total; what it told of is there after a cancel, and is not done again', async (t) => {
  const { model, store, images } = await situation(t, 700);
  const { index, indexed } = indexer(model, store);
  const cancel = new AbortController();
  let told = 0;
  const progress = ({ done, total }: IndexProgress) => {
    assert.ok(total === 700 && done <= 700);
    told = done;
    if (done > 0) cancel.abort();
  };
  await assert.rejects(index(images, { signal: cancel.signal, progress }), { code: 'cancelled' });
  const [, there] = await state(indexed(images));
  assert.ok(there! >= told && told > 0 && there! < 700, `${there} of ${told} told`);
  const steps: IndexProgress[] = [];
  assert.deepEqual(await counts(index(images, { progress: (step) => void steps.push(step) })), [700 - there!, there, 0]);
  const last = steps.at(-1)!;
  assert.deepEqual([last.done, last.total, last.secondsLeft], [700 - there!, 700 - there!, 0]);
});

test('two who index the same take turns; who is cancelled does not wait', async (t) => {
  const { model, store, images } = await situation(t, 60);
  const { engine, index } = indexer(model, store);
  const second = new AbortController();
  const [first, other] = [index(images), engine.index({ model, store, images }, { signal: second.signal, progress: () => {} })];
  second.abort();
  await assert.rejects(other, { code: 'cancelled' });
  const third = index(images);
  assert.deepEqual(
    [await counts(first), await counts(third)],
    [
      [60, 0, 0],
      [0, 60, 0],
    ],
  );
});

test('features that are not finite: the layer and the image are named', async (t) => {
  const { model, store, images } = await situation(t, 3, {
    initializers: [
      weight('w1', [4, 3, 3, 3], new Float32Array(108).fill(3e38)),
      weight('b1', [4], [0, 3e38, 3e38, 0]),
      weight('w2', [5, 4]),
      weight('b2', [5]),
    ],
  });
  const { index } = indexer(model, store);
  await assert.rejects(index(images), { code: 'weights', where: 'n_pool', file: model, message: /'n_pool'.*0\.png/ });
});

test('a model that works across its batch is fed one image at a time', async (t) => {
  const { model, store, images } = await situation(t, 6, { input: [1, 3, 6, 8] });
  const { index, features } = indexer(model, store);
  assert.deepEqual(await counts(index(images)), [6, 0, 0]);
  near(
    (await features(images)).vectors,
    (await eachByReference(model, images, unitPixels)).flatMap(({ vector }) => vector),
    'one at a time',
  );
});

test('forgetting: of one model, of all; the disk has its room back', async (t) => {
  const { model, store, images } = await situation(t, 400);
  const other = await writeClassifier(await newFolder(t), {
    initializers: [weight('w1', [4, 3, 3, 3], noise(108, 5)), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])],
  });
  const [a, b] = [indexer(model, store), indexer(other, store)];
  await a.index(images);
  await b.index(images);
  const both = (await a.indexed(images)).bytes;
  await a.forget();
  const left = await a.indexed(images);
  assert.deepEqual([left.indexed, (await b.indexed(images)).indexed], [0, 400]);
  assert.ok(left.bytes < both, `${left.bytes} of ${both}`);
  assert.ok((await b.thumbnails(images)).every((jpeg) => jpeg.length > 0));
  await b.forgetAll();
  const nothing = await b.indexed(images);
  assert.equal(nothing.indexed, 0);
  assert.ok(nothing.bytes < left.bytes && (await b.thumbnails(images)).every((jpeg) => jpeg.length === 0), `${nothing.bytes} of ${both}`);
  assert.deepEqual(await counts(b.index(images)), [400, 0, 0]);
});

test('thumbnails: small pictures of the files, in their order', async (t) => {
  const { model, store, images } = await situation(t, 1);
  const folder = dirname(images[0]!);
  const wide = await writePicture(join(folder, 'wide.png'), { width: 300, height: 100 });
  const line = await writePicture(join(folder, 'line.png'), { width: 500, height: 1 });
  const { index, thumbnails } = indexer(model, store);
  await index([...images, wide, line]);
  const sizes = await Promise.all((await thumbnails([line, ...images, wide])).map(async (jpeg) => await sharp(jpeg).metadata()));
  assert.deepEqual(
    sizes.map(({ width, height, format }) => [width, height, format]),
    [
      [62, 1, 'jpeg'],
      [16, 12, 'jpeg'],
      [60, 20, 'jpeg'],
    ],
  );
});

test('the layers with features, and the automatic one; the preprocessing is no matter', async (t) => {
  const { model } = await situation(t, 1);
  await writeFile(join(dirname(model), 'glassbox.json'), '{}');
  const found = await indexer(model, '').engine.featureLayers({ model }, { signal: t.signal, progress: () => {} });
  assert.deepEqual([found.defaultLayer, found.model.path], ['n_pool', model]);
  assert.deepEqual(
    found.layers.map(({ name, dimensions, averaged }) => `${name} ${dimensions} ${averaged ?? 'vector'}`),
    ['n_conv 4 6,8', 'n_relu 4 6,8', 'n_pool 4 vector', 'n_flat 4 vector', 'n_logits 5 vector'],
  );
});

test('nothing tells the preprocessing, a layer that is not there: said before an image is read', async (t) => {
  const { model, store, images } = await situation(t, 2);
  await assert.rejects(indexer(model, store, 'nowhere').index(images), { code: 'method', where: 'nowhere' });
  await writeFile(join(dirname(model), 'glassbox.json'), '{}');
  await assert.rejects(indexer(model, store).index(images), { code: 'input', file: model });
});
