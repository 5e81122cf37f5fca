/** Collecting over images: equal to brute force, whatever happened to the files before. */
import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { copyFile, cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Preprocessing } from '../../../src/shared/sidecar.ts';
import type { CollectProgress } from '../../../src/shared/unitsProtocol.ts';
import { bruteForce, collector, eachAlone, pictures, told } from '../../support/collecting.ts';
import { newFolder, unitPixels, writeClassifier, writePicture } from '../../support/engineCalls.ts';
import { float, node, noise, weight } from '../../support/onnxModels.ts';
import { sharedMissing, sharedPath } from '../../support/shared.ts';

interface Situation {
  model: string;
  store: string;
  images: string[];
}

async function situation(t: TestContext, count = 20, overrides: Parameters<typeof writeClassifier>[1] = {}): Promise<Situation> {
  const [folder, store] = [await newFolder(t), await newFolder(t)];
  return { model: await writeClassifier(folder, overrides), store, images: await pictures(t, count) };
}

/** What a store that was never used has of these images. */
async function fresh(t: TestContext, { model }: Situation, images: readonly string[], layer: string) {
  const store = await newFolder(t);
  await collector(model, store).collect(images, [layer]);
  return await told(model, store, layer);
}

/** Sums in another order are others in their last digits. */
function sameAs(actual: Awaited<ReturnType<typeof told>>, expected: Awaited<ReturnType<typeof told>>): void {
  const rounded = (of: typeof actual) => ({ ...of, mean: Array.from(of.mean, (m) => Number(m.toPrecision(5))) });
  assert.deepEqual(rounded(actual), rounded(expected));
}

async function shards(store: string): Promise<string[]> {
  return (await readdir(store, { recursive: true })).filter((name) => name.endsWith('.shard')).map((name) => join(store, name));
}

test('top patches and distributions at every kind of layer are those of brute force', async (t) => {
  const { model, store, images } = await situation(t, 104);
  const { collect } = collector(model, store);
  const layers = ['conv', 'relu', 'pool', 'logits'];
  const result = await collect(images, layers);
  assert.deepEqual([result.collected, result.reused, result.skipped], [104, 0, []]);
  for (const layer of layers) {
    const expected = await bruteForce(model, images, layer, unitPixels);
    const actual = await told(model, store, layer);
    assert.deepEqual(
      actual.images.map(({ hash }) => hash),
      expected.images,
    );
    actual.units.forEach((unit, u) => {
      const cells = expected.cells[u]!.toSorted((a, b) => b - a);
      const near = (a: number, b: number, what: string) => assert.ok(Math.abs(a - b) < 2e-5, `${layer} ${u} ${what}: ${a}, ${b}`);
      const top = unit.top.map(({ image, at }) => `${actual.images[image]!.hash} ${at}`);
      assert.deepEqual(
        top,
        expected.top[u]!.map(({ hash, at }) => `${hash} ${at}`),
        `${layer} unit ${u}`,
      );
      for (const [i, { value }] of unit.top.entries()) near(value, expected.top[u]![i]!.value, 'value');
      assert.equal(unit.total, cells.length);
      near(unit.max, cells[0]!, 'max');
      near(unit.min, cells.at(-1)!, 'min');
      near(actual.mean[u]!, cells.reduce((a, b) => a + b, 0) / cells.length, 'mean');
      near(actual.active[u]!, cells.filter((v) => v > 0).length / cells.length, 'active');
      const { value, error } = unit.quantiles[1]!;
      const exact = cells[Math.floor(0.1 * cells.length)]!;
      assert.ok(Math.abs(value - exact) <= error + 0.02, `${layer} ${u}: ${value} ± ${error}, exactly ${exact}`);
    });
  }
});

/** Preprocessings of the networks in ../shared, and layers of each: large maps, deep ones, a vector. */
const real: Record<string, { folder: string; input: Preprocessing; layers: readonly string[] }> = {
  SqueezeNet: {
    folder: 'models/squeezenet-imagenet/tfjs-layers',
    input: { resize: 'cover', channels: 'BGR', scale: 1, mean: [104, 117, 123], std: [1, 1, 1] },
    layers: ['conv1', 'fire4_concat', 'fire9_concat'],
  },
  MobileNet: {
    folder: 'models/mobilenet-v1-025-imagenet/tfjs-layers',
    input: { resize: 'stretch', channels: 'RGB', scale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1] },
    layers: ['conv1_relu', 'conv_dw_6_bn', 'conv_pw_13_relu'],
  },
};

for (const [name, { folder, input, layers }] of Object.entries(real)) {
  test(`top patches in ${name} are those of running every image alone`, async (t) => {
    const [from, photographs] = [sharedPath(folder), sharedPath('images/misc')];
    if (from === undefined || photographs === undefined) return t.skip(sharedMissing);
    const [own, store] = [await newFolder(t), await newFolder(t)];
    await cp(from, own, { recursive: true });
    const model = join(own, 'model.json');
    await writeFile(join(own, 'glassbox.json'), JSON.stringify({ input }));
    const images = (await readdir(photographs)).filter((file) => file.endsWith('.jpg')).map((file) => join(photographs, file));
    await collector(model, store).collect(images, layers);
    for (const layer of layers) {
      const expected = await eachAlone(model, images, layer, input);
      const actual = await told(model, store, layer);
      assert.equal(actual.images.length, images.length);
      actual.units.forEach(({ top, total, min, max }, u) => {
        const values = expected.map(({ maps }) => maps[u]!);
        const scale = Math.max(1, ...values.flatMap((map) => [...map].map(Math.abs)));
        const near = (a: number, b: number) => assert.ok(Math.abs(a - b) <= 5e-5 * scale, `${layer} unit ${u}: ${a}, ${b}`);
        assert.deepEqual([total, top.length], [values.length * values[0]!.length, images.length]);
        near(min, Math.min(...values.map((map) => Math.min(...map))));
        near(max, Math.max(...values.map((map) => Math.max(...map))));
        top.forEach(({ value, image, at }, i) => {
          // Rounding decides among what is as good as equal, so places are compared by what is there.
          const map = values[expected.findIndex(({ hash }) => hash === actual.images[image]!.hash)]!;
          near(value, Math.max(...map));
          near(map[at]!, value);
          if (i > 0) assert.ok(value <= top[i - 1]!.value);
        });
      });
    }
  });
}

test('only what is new is collected; two contents alike count once', async (t) => {
  const all = await situation(t);
  const { model, store, images } = all;
  const { collect, collected } = collector(model, store);
  await collect(images.slice(0, 15), ['relu']);
  assert.deepEqual(await counts(collect(images.slice(0, 15), ['relu'])), [0, 15]);
  const before = await collected(images, 'relu');
  assert.deepEqual([before.images, before.missing, before.gone, before.layers.length], [20, 5, 0, 1]);
  const twin = join(dirname(images[0]!), 'twin.png');
  await copyFile(images[0]!, twin);
  assert.deepEqual(await counts(collect([...images, twin, images[3]!], ['relu'])), [5, 15]);
  sameAs(await told(model, store, 'relu'), await fresh(t, all, images, 'relu'));
  const after = await collected([...images, twin], 'relu');
  assert.deepEqual([after.missing, after.gone, after.layers[0]?.images, after.bytes > 0], [0, 0, 20, true]);
  assert.equal((await shards(store)).length, 1, 'small shards grow together');
});

async function counts(result: Promise<{ collected: number; reused: number }>): Promise<[number, number]> {
  const { collected, reused } = await result;
  return [collected, reused];
}

test('images that change, go, or are renamed', async (t) => {
  const all = await situation(t);
  const { model, store, images } = all;
  const { collect, collected } = collector(model, store);
  await collect(images, ['relu']);
  await writePicture(images[4]!, { seed: 999 });
  const changed = await collected(images, 'relu');
  assert.deepEqual([changed.missing, changed.gone], [1, 1]);
  assert.equal((await collect(images, ['relu'])).collected, 20, 'its shard is collected anew');
  sameAs(await told(model, store, 'relu'), await fresh(t, all, images, 'relu'));

  await rm(images[5]!);
  const left = images.filter((_, i) => i !== 5);
  assert.equal((await collected(left, 'relu')).gone, 1);
  await collect(left, ['relu']);
  sameAs(await told(model, store, 'relu'), await fresh(t, all, left, 'relu'));

  const moved = join(dirname(images[0]!), 'moved.png');
  await rename(left[0]!, moved);
  assert.deepEqual(await counts(collect([moved, ...left.slice(1)], ['relu'])), [0, 19]);
  const paths = (await told(model, store, 'relu')).images.map(({ path }) => path);
  assert.deepEqual(paths.toSorted(), [moved, ...left.slice(1)].toSorted());
});

test('an image whose file is gone from the list but not from disk is dropped, too', async (t) => {
  const all = await situation(t, 6);
  const { collect } = collector(all.model, all.store);
  await collect(all.images, ['relu']);
  await collect(all.images.slice(2), ['relu']);
  sameAs(await told(all.model, all.store, 'relu'), await fresh(t, all, all.images.slice(2), 'relu'));
});

test('a full shard is left alone; an edit touches its own shard only', async (t) => {
  const all = await situation(t, 300);
  const { model, store, images } = all;
  const { collect } = collector(model, store);
  await collect(images, ['relu']);
  assert.equal((await shards(store)).length, 2);
  const hash = (await told(model, store, 'relu')).images.find(({ path }) => path === images[299])?.hash;
  assert.ok(hash);
  await rm(images[299]!);
  const result = await collect(images.slice(0, 299), ['relu']);
  assert.deepEqual([result.collected, result.reused], [300 - 256 - 1, 256]);
  sameAs(await told(model, store, 'relu'), await fresh(t, all, images.slice(0, 299), 'relu'));
});

test('two layers, then a third: each image once a layer', async (t) => {
  const all = await situation(t);
  const { model, store, images } = all;
  const { collect, collected } = collector(model, store);
  await collect(images.slice(0, 12), ['conv', 'relu', 'relu']);
  // Twelve lack one layer, eight all three.
  assert.deepEqual(await counts(collect(images, ['conv', 'relu', 'logits'])), [20, 0]);
  for (const layer of ['conv', 'relu', 'logits']) sameAs(await told(model, store, layer), await fresh(t, all, images, layer));
  const names = (await collected(images, 'conv')).layers.map(({ layer, images, units }) => [layer, images, units]);
  assert.deepEqual(names, [
    ['n_conv', 20, 4],
    ['n_relu', 20, 4],
    ['n_logits', 20, 5],
  ]);
});

test('cancelled, what is counted stays; resumed, only the rest is collected', async (t) => {
  const all = await situation(t, 60);
  const { model, store, images } = all;
  const { collect, collected } = collector(model, store);
  const controller = new AbortController();
  const progress = ({ done, total }: CollectProgress) => {
    if (total === 60 && done > 0) controller.abort();
  };
  await assert.rejects(collect(images, ['relu', 'conv'], { signal: controller.signal, progress }), { code: 'cancelled' });
  const { missing, layers } = await collected(images, 'relu');
  assert.ok(missing > 0 && missing < 60, `${missing} of 60 are missing`);
  assert.equal(layers.length, 2);
  assert.deepEqual(await counts(collect(images, ['relu', 'conv'])), [missing, 60 - missing]);
  for (const layer of ['relu', 'conv']) sameAs(await told(model, store, layer), await fresh(t, all, images, layer));
});

test('who asks right after cancelling is told of all that is kept', async (t) => {
  const { model, store, images } = await situation(t, 60);
  const { collect, collected } = collector(model, store);
  const controller = new AbortController();
  let told: ReturnType<typeof collected> | undefined;
  const progress = ({ done, total }: CollectProgress) => {
    if (total !== 60 || done === 0 || told) return;
    controller.abort();
    told = collected(images, 'relu');
  };
  await assert.rejects(collect(images, ['relu'], { signal: controller.signal, progress }), { code: 'cancelled' });
  assert.deepEqual(await told, await collected(images, 'relu'));
  assert.ok((await told)!.missing < 60);
});

test('a damaged file of the store is collected again', async (t) => {
  const all = await situation(t);
  const { model, store, images } = all;
  const { collect, collected } = collector(model, store);
  await collect(images, ['relu']);
  const [file] = (await shards(store)) as [string];
  await writeFile(file, (await readFile(file)).subarray(0, 200));
  assert.equal((await collected(images, 'relu')).missing, 20);
  assert.deepEqual(await counts(collect(images, ['relu'])), [20, 0]);
  const [next] = (await shards(store)) as [string];
  await writeFile(next, 'not ours');
  await writeFile(join(store, 'catalogue.json'), '{"version":1,"files":');
  assert.deepEqual(await counts(collect(images, ['relu'])), [20, 0]);
  sameAs(await told(model, store, 'relu'), await fresh(t, all, images, 'relu'));
});

test('images that cannot be read are left out, reported, and not waited for until they change', async (t) => {
  const all = await situation(t, 5);
  const { model, store, images } = all;
  const { collect, collected } = collector(model, store);
  const whole = await readFile(images[1]!);
  await writeFile(images[1]!, whole.subarray(0, 90));
  await copyFile(images[1]!, images[2]!);
  await rm(images[3]!);
  for (const expected of [
    [2, 0],
    [0, 2],
  ] as const) {
    const { collected: now, reused, skipped } = await collect(images, ['relu']);
    assert.deepEqual([now, reused], expected);
    assert.deepEqual(
      skipped.map(({ image, error }) => [image.name, error.code]),
      [
        ['1.png', 'file-corrupt'],
        ['2.png', 'file-corrupt'],
        ['3.png', 'file-missing'],
      ],
    );
  }
  // That which is gone may come back; the damaged ones are as they are.
  assert.equal((await collected(images, 'relu')).missing, 1);
  await writeFile(images[1]!, whole);
  assert.equal((await collected(images, 'relu')).missing, 2);
  const repaired = await collect(images, ['relu']);
  assert.deepEqual([repaired.collected, repaired.skipped.length], [1, 2]);
});

test('an image that changes while the network goes over the images is reported, and collected next time', async (t) => {
  const all = await situation(t, 60);
  const { model, store, images } = all;
  const { collect } = collector(model, store);
  const other = await writePicture(join(all.store, 'other.png'), { seed: 4711 });
  const progress = ({ done, total }: CollectProgress) => {
    if (total === 60 && done === 1) renameSync(other, images[59]!);
  };
  const { collected, skipped } = await collect(images, ['relu'], { progress });
  assert.deepEqual([collected, skipped.map(({ image, error }) => [image.name, error.code])], [59, [['59.png', 'file-changed']]]);
  const next = await collect(images, ['relu']);
  assert.deepEqual([next.collected, next.skipped], [1, []]);
  sameAs(await told(model, store, 'relu'), await fresh(t, all, images, 'relu'));
});

test('another model file, or another preprocessing, is another collection; forgetting takes the old ones along', async (t) => {
  const all = await situation(t, 4);
  const { model, store, images } = all;
  const { collect, collected, forget } = collector(model, store);
  await collect(images, ['relu', 'conv']);
  await writeClassifier(dirname(model), {
    initializers: [weight('w1', [4, 3, 3, 3], noise(108, 77)), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])],
  });
  const { layers, missing, bytes } = await collected(images, 'relu');
  assert.deepEqual([layers, missing, bytes > 0], [[], 4, true]);
  assert.deepEqual(await counts(collect(images, ['relu'])), [4, 0]);
  const first = await told(model, store, 'relu');
  sameAs(first, await fresh(t, all, images, 'relu'));
  await writeClassifier(
    dirname(model),
    {
      initializers: [weight('w1', [4, 3, 3, 3], noise(108, 77)), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])],
    },
    { input: { ...unitPixels, scale: 1 / 127.5 } },
  );
  assert.equal((await collected(images, 'relu')).missing, 4);
  await collect(images, ['relu']);
  assert.notDeepEqual((await told(model, store, 'relu')).max, first.max);
  await forget();
  const after = await collected(images, 'relu');
  assert.deepEqual([after.layers, after.bytes, await shards(store)], [[], 0, []]);
});

test('forgetting one layer leaves the others; then nothing is known of it', async (t) => {
  const { model, store, images } = await situation(t, 4);
  const { collect, collected, forget, units } = collector(model, store);
  await assert.rejects(units('relu'), { code: 'method', where: 'n_relu', hint: /Collect/ });
  await collect(images, ['relu', 'conv']);
  assert.equal((await units('relu')).images, 4);
  await forget('relu');
  await assert.rejects(units('relu'), { code: 'method', where: 'n_relu' });
  assert.deepEqual(
    (await collected(images, 'conv')).layers.map(({ layer }) => layer),
    ['n_conv'],
  );
});

test('a layer with NaN ends it, by name; what was counted before stays', async (t) => {
  const { model, store, images } = await situation(t, 3, {
    nodes: [
      node('Conv', 'x w1 b1', 'conv'),
      node('Sqrt', 'conv', 'root'),
      node('GlobalMaxPool', 'root', 'pool'),
      node('Flatten', 'pool', 'flat'),
      node('Gemm', 'flat w2 b2', 'logits'),
    ],
    initializers: [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [4, 5]), weight('b2', [5])],
  });
  const { collect } = collector(model, store);
  await assert.rejects(collect(images, ['conv', 'root']), { code: 'weights', where: 'n_root', message: /n_root.*NaN.*\.png/ });
  assert.ok((await told(model, store, 'conv')).images.length > 0);
  await assert.rejects(told(model, store, 'root'), { code: 'method' });
});

test('a model that takes one image at a time', async (t) => {
  const all = await situation(t, 5, { input: [1, 3, 6, 8] });
  const { model, store, images } = all;
  await collector(model, store).collect(images, ['relu']);
  const { top } = await bruteForce(model, images, 'relu', unitPixels);
  const actual = await told(model, store, 'relu');
  actual.units.forEach((unit, u) => {
    assert.deepEqual(
      unit.top.map(({ image, at }) => `${actual.images[image]!.hash} ${at}`),
      top[u]!.map(({ hash, at }) => `${hash} ${at}`),
    );
  });
});

test('dead and saturated units, shares, thresholds', async (t) => {
  const { model, store, images } = await situation(t, 12, {
    nodes: [
      node('Conv', 'x w1 b1', 'conv'),
      node('Clip', 'conv low high', 'relu6'),
      node('GlobalAveragePool', 'relu6', 'pool'),
      node('Flatten', 'pool', 'flat'),
      node('Gemm', 'flat w2 b2', 'logits'),
      ...[node('Constant', '', 'low', float('value_float', 0)), node('Constant', '', 'high', float('value_float', 6))],
    ].toSorted((a, b) => Number(b.opType === 'Constant') - Number(a.opType === 'Constant')),
    // Unit 0 never rises, unit 1 is always at 6, unit 2 most of the time, unit 3 as it comes.
    initializers: [weight('w1', [4, 3, 3, 3]), weight('b1', [4], [-100, 100, 6.5, 1]), weight('w2', [4, 5]), weight('b2', [5])],
  });
  const { collect, collected, units, summary } = collector(model, store);
  await collect(images, ['relu6']);
  const { cells } = await bruteForce(model, images, 'relu6', unitPixels);
  const found = await units('relu6', 0.05);
  assert.deepEqual([found.images, found.cells, found.quantile], [12, 12 * 4 * 6, 0.05]);
  const share = (u: number, holds: (v: number) => boolean) => Math.fround(cells[u]!.filter(holds).length / cells[u]!.length);
  for (let u = 0; u < 4; u++) {
    assert.equal(
      found.active[u],
      share(u, (v) => v > 0),
    );
    assert.equal(
      found.saturation[u],
      share(u, (v) => v >= 5.875),
    );
    const { value, error } = (await told(model, store, 'relu6')).units[u]!.quantiles[1]!;
    const one = await summary('relu6', u, 0.1);
    assert.deepEqual([one.threshold, one.thresholdError, one.cells], [value, error, 288]);
    assert.ok(
      Math.abs(one.above - cells[u]!.filter((v) => v > one.threshold).length) <=
        cells[u]!.filter((v) => Math.abs(v - value) <= error).length,
    );
    assert.ok(Math.abs(one.histogram.counts.reduce((a, b) => a + b, 0) - 288) < 1e-9);
    assert.ok(one.histogram.counts.length <= 64);
  }
  assert.deepEqual([...found.state], [1, 2, found.saturation[2]! >= 0.95 ? 2 : 0, 0]);
  const [layer] = (await collected(images, 'relu6')).layers;
  assert.deepEqual([layer?.dead, layer?.saturated], [1, [...found.state].filter((s) => s === 2).length]);
  await assert.rejects(summary('relu6', 4), { code: 'method', message: /no unit 4/ });
  await assert.rejects(units('relu6', 0), { code: 'method' });
});

test('who asks meanwhile is served first, and two that collect take turns', async (t) => {
  const all = await situation(t, 200);
  const { model, store, images } = all;
  const { collect, engine } = collector(model, store);
  const order: string[] = [];
  const first = collect(images, ['relu']).then((result) => {
    order.push('collected');
    return result;
  });
  const second = collect(images, ['relu']);
  const context = { signal: new AbortController().signal, progress: () => {} };
  await engine.predict({ model, image: images[0]! }, context).then(() => order.push('predicted'));
  assert.equal((await first).collected, 200);
  assert.deepEqual(await counts(second), [0, 200]);
  assert.deepEqual(order, ['predicted', 'collected']);
});

test('who reads meanwhile sees what is there, never an error', async (t) => {
  const { model, store, images } = await situation(t, 300);
  const { collect, units } = collector(model, store);
  await collect(images.slice(0, 10), ['relu']);
  let going = true;
  const rest = collect(images, ['relu']).finally(() => {
    going = false;
  });
  const seen: number[] = [];
  while (going) seen.push((await units('relu')).images);
  await rest;
  seen.push((await units('relu')).images);
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  assert.deepEqual([seen[0], seen.at(-1)], [10, 300]);
});

test('progress rises to the end, with the time that is left', async (t) => {
  const { model, store, images } = await situation(t, 40);
  const heard: CollectProgress[] = [];
  await collector(model, store).collect(images, ['relu'], { progress: (p) => heard.push(p) });
  const done = heard.map((p) => p.done);
  assert.deepEqual(
    done,
    done.toSorted((a, b) => a - b),
  );
  assert.deepEqual(heard.at(-1), { done: 40, total: 40, secondsLeft: 0 });
  assert.ok(heard.every((p) => p.total === 40 && (p.done === 0 || p.secondsLeft !== undefined)));
});

test('a store that cannot be written to is named', async (t) => {
  const { model, store, images } = await situation(t, 1);
  const blocked = join(store, 'a file');
  await writeFile(blocked, '');
  await assert.rejects(collector(model, blocked).collect(images, ['relu']), { code: 'file-missing', message: /a file.*cannot be written/ });
});

test('nothing to go over, and a layer that is not there', async (t) => {
  const { model, store } = await situation(t, 0);
  const { collect, collected } = collector(model, store);
  const { collected: none, reused, skipped } = await collect([], ['relu']);
  assert.deepEqual([none, reused, skipped], [0, 0, []]);
  const state = await collected([], 'relu');
  assert.deepEqual(state, { layers: [], images: 0, missing: 0, gone: 0, bytes: 0 });
  await assert.rejects(collect([], ['nothing']), { code: 'method', where: 'nothing' });
});
