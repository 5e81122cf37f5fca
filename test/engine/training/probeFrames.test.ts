/** What a checkpoint says of probes, against the calls that a panel makes for one image. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServices } from '../../../src/engine/services.ts';
import { openCheckpoint } from '../../../src/engine/training/checkpoint.ts';
import { averagedCells, onBorder, onObject } from '../../../src/explain/evidence.ts';
import { methods } from '../../../src/explain/methods/index.ts';
import { classNames, unitPixels, writePicture } from '../../support/engineCalls.ts';
import { noise, smallModel, weight } from '../../support/onnxModels.ts';
import { checkpoint, gradCam, mapOfRow, newProbes, said, writeCheckpoint, writeMask } from '../../support/probing.ts';

const plain = { signal: new AbortController().signal, progress: () => {} };

function near(a: ArrayLike<number>, b: ArrayLike<number>, what = ''): void {
  assert.equal(a.length, b.length, what);
  const most = Math.max(...Array.from(b, Math.abs), 1e-6);
  for (let i = 0; i < b.length; i++) assert.ok(Math.abs(a[i]! - b[i]!) <= 2e-5 * most, `${what}: ${a[i]} is not ${b[i]} (${i})`);
}

for (const { info } of methods) {
  test(`${info.label}: predictions and maps of each probe are those of the image alone`, async (t) => {
    const { engine, model, images, ask } = await newProbes(t, { count: 3 });
    const params = info.id === 'rise' ? { masks: 60 } : info.id === 'smoothgrad' ? { samples: 5 } : {};
    const request = { method: info.id, params };
    const frames = await ask({ choice: { request, of: 'predicted' } });
    const refused = (await engine.open({ model }, plain)).refusals[info.id];
    for (const [row, image] of images.entries()) {
      const { top, truth } = await engine.predict({ model, image }, plain);
      assert.equal(frames.predicted[row], top[0]!.index);
      near([frames.confidence[row]!, frames.trueProbability[row]!], [top[0]!.probability!, truth!.probability!]);
      assert.equal(frames.truth[row], truth!.index);
      if (refused) continue;
      const map = await engine.explain({ model, image, request: { ...request, class: top[0]!.index } }, plain);
      assert.deepEqual(
        [frames.height, frames.width, frames.map.layer, frames.map.variant],
        [map.height, map.width, map.layer, map.variant],
      );
      assert.deepEqual([frames.map.relu, frames.map.signed, frames.map.unit], [map.relu, map.signed, map.unit]);
      near(mapOfRow(frames, row), map.values, `${info.id} of row ${row}`);
      near([frames.borderShare[row]!], [onBorder(map, { height: 6, width: 8 }, 0.25).share].map(Math.fround));
    }
    assert.equal(frames.errors.length, refused ? images.length : 0, JSON.stringify(frames.errors[0]));
    if (refused) assert.deepEqual([...new Set(frames.errors.map(({ error }) => error.code))], [refused.code]);
  });
}

test('a network that takes one image at a time says the same', async (t) => {
  const many = await newProbes(t);
  const one = await newProbes(t, { of: { ...checkpoint(1), input: [1, 3, 6, 8] } });
  const [a, b] = [await many.ask(), await one.ask()];
  assert.deepEqual(a.predicted, b.predicted);
  near(a.maps, b.maps);
});

test('the true class is explained where the folder tells it, the predicted one elsewhere', async (t) => {
  const { folder, model, images, engine, ask } = await newProbes(t);
  await mkdir(join(folder, 'images', 'unsorted'));
  const stray = await writePicture(join(folder, 'images', 'unsorted', 'x.png'), { seed: 40 });
  const all = [...images, stray];
  const frames = await ask({ images: all, choice: { ...gradCam, of: 'truth' } });
  assert.deepEqual([...frames.truth], [0, 1, 2, 3, 4, 0, -1]);
  assert.deepEqual([...frames.explained], [0, 1, 2, 3, 4, 0, frames.predicted[6]!]);
  assert.ok(Number.isNaN(frames.trueProbability[6]) && frames.confidence[6]! > 0);
  assert.ok(
    frames.explained.some((of, row) => of !== frames.predicted[row]),
    'a test of nothing else',
  );
  const map = await engine.explain({ model, image: images[3]!, request: { method: 'grad-cam', class: 3 } }, plain);
  near(mapOfRow(frames, 3), map.values);
});

test('where nothing names the classes the folders of the pictures do', async (t) => {
  const { folder, ask } = await newProbes(t);
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ input: unitPixels }));
  const frames = await ask();
  assert.deepEqual(frames.classes, classNames);
  assert.deepEqual([...frames.truth], [0, 1, 2, 3, 4, 0]);
  assert.ok(frames.scored);
});

test('a picture that cannot be read is an error of its row, and so is a mask of another size or none at all', async (t) => {
  const { folder, images, ask } = await newProbes(t);
  await writeFile(images[1]!, 'no picture');
  const good = await writeMask(join(folder, 'm0.png'), { left: 4, top: 3, right: 12, bottom: 9 });
  const small = await writeMask(join(folder, 'm2.png'), { width: 8, height: 6, right: 4, bottom: 6 });
  const missing = join(folder, 'nowhere.png');
  const gone = join(folder, 'images', 'ant', 'gone.png');
  const asked = {
    images: [...images, gone],
    masks: { [images[0]!]: good, [images[2]!]: small, [images[3]!]: missing, [images[1]!]: good },
  };
  const frames = await ask(asked);
  assert.deepEqual(
    frames.errors.map(({ row, error }) => [row, error.code, error.file]),
    [
      [1, 'format-unknown', images[1]],
      [2, 'shape', small],
      [3, 'file-missing', missing],
      [6, 'file-missing', gone],
    ],
  );
  for (const row of [1, 6]) {
    assert.equal(frames.predicted[row], -1);
    assert.ok(mapOfRow(frames, row).every(Number.isNaN) && Number.isNaN(frames.borderShare[row]));
  }
  for (const row of [0, 2, 3]) assert.ok(mapOfRow(frames, row).every(Number.isFinite) && !Number.isNaN(frames.borderShare[row]));
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((row) => Number.isNaN(frames.objectShare[row])),
    [false, true, true, true, true],
  );
  assert.deepEqual(said(await ask(asked)), said(frames), 'the same when it is looked up');
});

test('a mask is cut as the picture is, and measured with the map before it is averaged', async (t) => {
  const { folder, model, images, engine, ask } = await newProbes(t, { count: 2 });
  // The middle 12 × 6 of 16 × 12 pixels at 0.75 and cover: x 2 to 14, y 1.5 to 10.5.
  await writeFile(
    join(folder, 'glassbox.json'),
    JSON.stringify({ labels: classNames, input: { ...unitPixels, resize: 'cover', crop: 0.5, interpolation: 'nearest' } }),
  );
  const mask = await writeMask(join(folder, 'm.png'), { left: 4, top: 3, right: 8, bottom: 9 });
  const frames = await ask({ masks: { [images[0]!]: mask } });
  // The fed part is x 4 to 12, y 3 to 9, a pixel each: the object is its left half.
  assert.equal(frames.objectArea[0], 0.5);
  const map = await engine.explain({ model, image: images[0]!, request: { method: 'grad-cam', class: frames.predicted[0]! } }, plain);
  const half = { height: 6, width: 8, values: Float32Array.from({ length: 48 }, (_, i) => (i % 8 < 4 ? 1 : 0)) };
  near([frames.objectShare[0]!], [onObject(map, half).share]);
  assert.equal(frames.objectPeak[0], Number(onObject(map, half).peak));
  // Padded: what lies outside of the picture is no object.
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ labels: classNames, input: { ...unitPixels, resize: 'contain' } }));
  const white = await writeMask(join(folder, 'w.png'), { width: 16, height: 6, right: 16, bottom: 6 });
  const flat = await writePicture(join(folder, 'flat.png'), { seed: 9, width: 16, height: 6 });
  const padded = await ask({ images: [flat], masks: { [flat]: white } });
  assert.ok(Math.abs(padded.objectArea[0]! - 3 / 6) < 1e-6, `${padded.objectArea[0]}`);
});

test('a mask of class numbers says the same as one in black and white', async (t) => {
  const { folder, images, ask } = await newProbes(t, { count: 2 });
  const object = { left: 4, top: 3, right: 8, bottom: 9 };
  const [white, numbers] = [
    await writeMask(join(folder, 'white.png'), object),
    await writeMask(join(folder, 'numbers.png'), { ...object, value: 7 }),
  ];
  const said = async (mask: string) => {
    const { objectArea, objectShare, objectPeak } = await ask({ masks: { [images[0]!]: mask } });
    return [objectArea[0], objectShare[0], objectPeak[0]];
  };
  assert.ok(Math.abs((await said(white))[0]! - 24 / 192) < 1e-3);
  assert.deepEqual(await said(numbers), await said(white));
});

test('maps of more than 32 cells a side are averaged over cells, their evidence is not', async (t) => {
  const { folder, images, engine, ask } = await newProbes(t, { count: 2 });
  const model = await writeCheckpoint(join(folder, 'large.onnx'), { ...checkpoint(2), input: ['N', 3, 40, 50] });
  const frames = await ask({ model });
  assert.deepEqual([frames.height, frames.width], [32, 32]);
  const map = await engine.explain({ model, image: images[1]!, request: { method: 'grad-cam', class: frames.predicted[1]! } }, plain);
  assert.deepEqual([map.height, map.width], [40, 50]);
  near(mapOfRow(frames, 1), averagedCells(map, 32).values);
  near([frames.borderShare[1]!], [onBorder(map, { height: 40, width: 50 }, 0.25).share]);
});

test('weights that are NaN fail the checkpoint and are named', async (t) => {
  const broken = checkpoint(1);
  const nan = weight('w3', [4, 4, 3, 3], noise(144, 1).fill(Number.NaN, 7, 8));
  const initializers = broken.initializers!.map((each) => (each.name === 'w3' ? nan : each));
  const { model, ask } = await newProbes(t, { of: { ...broken, initializers } });
  await assert.rejects(ask(), { code: 'weights', file: model, where: 'w3', message: /holds NaN/ });
});

test('logits that overflow with finite weights fail it, too, and name the picture', async (t) => {
  const large = checkpoint(1);
  const initializers = large.initializers!.map((each) =>
    ['w2', 'w1', 'w3'].includes(each.name)
      ? weight(
          each.name,
          each.dims,
          noise(
            each.dims.reduce((a, b) => a * b),
            3,
          ).map((v) => v * 1e30),
        )
      : each,
  );
  const { model, ask } = await newProbes(t, { of: { ...large, initializers } });
  await assert.rejects(ask(), { code: 'weights', file: model, message: /'p0\.png'/ });
});

test('a request that does not fit the model is said of every row; what it predicts is there all the same', async (t) => {
  const { ask } = await newProbes(t, { count: 2 });
  const frames = await ask({ choice: { request: { method: 'grad-cam', layer: 'nowhere' }, of: 'predicted' } });
  assert.deepEqual(
    frames.errors.map(({ row, error }) => [row, error.code]),
    [
      [0, 'method'],
      [1, 'method'],
    ],
  );
  assert.ok(frames.predicted.every((index) => index >= 0) && frames.confidence.every((p) => p > 0));
  assert.deepEqual([frames.height, frames.maps.length], [0, 0]);
});

test('a model whose input no picture fits fails as a whole', async (t) => {
  const { model, ask } = await newProbes(t, { of: { ...checkpoint(1), input: ['N', 3, 6, 8] } });
  await writeFile(join(model, '..', 'glassbox.json'), JSON.stringify({ labels: classNames, input: { ...unitPixels, size: [9, 9] } }));
  await assert.rejects(ask(), (error: { code: string }) => ['shape', 'input'].includes(error.code));
});

test('a file that is overwritten while it is read is refused', async (t) => {
  const { folder, model } = await newProbes(t);
  const services = createServices({ engine: 'onnxruntime', cacheBytes: 2 ** 26 });
  const next = await writeCheckpoint(join(folder, 'next.onnx'), checkpoint(9));
  const { models } = services;
  const openAside = models.openAside.bind(models);
  t.mock.method(models, 'openAside', async (path: string) => {
    const open = await openAside(path);
    await copyFile(next, model);
    return open;
  });
  await assert.rejects(openCheckpoint(services, model, plain.signal), { code: 'file-changed', file: model });
});

test('once it is read, a checkpoint that is overwritten again and again is of one version', async (t) => {
  const { folder, model, images, ask, askAnother } = await newProbes(t, { count: 4 });
  const slow = { request: { method: 'occlusion', params: { window: 2, stride: 1 } }, of: 'predicted' } as const;
  const next = await writeCheckpoint(join(folder, 'next.onnx'), checkpoint(9));
  const original = join(folder, 'original.onnx');
  await copyFile(model, original);
  let written = 0;
  const mixed = await ask({
    choice: slow,
    told: (done) => {
      if (done > 0 && written++ === 0) void copyFile(next, model);
    },
  });
  assert.ok(written > 0);
  const store = join(folder, 'other store');
  const whole = await askAnother()({ model: original, choice: slow, store });
  assert.equal(mixed.version, whole.version);
  assert.deepEqual(said(mixed), said(whole));
  const after = await askAnother()({ choice: slow });
  assert.notEqual(after.version, mixed.version);
  assert.notDeepEqual(after.confidence, mixed.confidence);
  assert.equal(images.length, 4);
});

test('progress after each probe, up to all', async (t) => {
  const { ask } = await newProbes(t);
  const done: number[] = [];
  await ask({ told: (count, total) => void done.push(total === 6 ? count : -1) });
  assert.deepEqual([...new Set(done)], [0, 1, 2, 3, 4, 5, 6]);
});

test('outputs that score no classes: nothing is right or wrong', async (t) => {
  const { folder, ask } = await newProbes(t, { count: 2 });
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ input: unitPixels }));
  await mkdir(join(folder, 'loose'));
  const image = await writePicture(join(folder, 'loose', 'a.png'));
  const frames = await ask({ images: [image] });
  assert.equal(frames.scored, false);
  assert.deepEqual([frames.truth[0], frames.classes[0]], [-1, 'output 0']);
  assert.ok(Number.isNaN(frames.confidence[0]) && mapOfRow(frames, 0).every(Number.isFinite));
  assert.match(frames.map.unit, /^((?!logit).)*$/);
});
