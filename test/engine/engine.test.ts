/** The whole engine in this process on small real models: image in, prediction and maps out. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { MapProgress } from '../../src/shared/protocol.ts';
import { newEngine, newFolder, writeClassifier, writePicture } from '../support/engineCalls.ts';
import { weight } from '../support/onnxModels.ts';

async function subject(t: TestContext, options = {}) {
  const folder = await newFolder(t);
  const [model, image] = await Promise.all([writeClassifier(folder), writePicture(join(folder, 'picture.png'))]);
  return { ...newEngine(options), folder, model, image };
}

/** Small steps: 48 windows, three batches. */
const everyPixel = { method: 'occlusion', params: { window: 1, stride: 1 } };

test('predict: best classes, all logits, what was fed', async (t) => {
  const { predict, model, image } = await subject(t);
  const { top, logits, fed, truth, image: about, model: info } = await predict(model, image);
  assert.equal(logits.length, 5);
  assert.equal(logits.buffer.byteLength, logits.byteLength, 'tight');
  assert.equal(top.length, 5);
  assert.deepEqual(
    top.map((t) => t.logit),
    [...logits].sort((a, b) => b - a),
  );
  assert.ok(Math.abs(top.reduce((sum, t) => sum + (t.probability ?? Number.NaN), 0) - 1) < 1e-6);
  assert.deepEqual([about.width, about.height, fed.width, fed.height], [16, 12, 8, 6]);
  assert.deepEqual([...fed.png.subarray(1, 4)], [...Buffer.from('PNG')]);
  assert.equal(fed.png.buffer.byteLength, fed.png.byteLength, 'tight');
  assert.ok(fed.min >= 0 && fed.max <= 1);
  assert.equal(truth, undefined);
  assert.deepEqual([info.labelsFrom, info.preprocessingFrom, info.defaultLayer], ['glassbox.json', 'glassbox.json', 'n_relu']);
});

test('Grad-CAM before a global average pool adds up to the logit without its bias', async (t) => {
  const { predict, explain, model, image } = await subject(t);
  const { logits, top } = await predict(model, image);
  const bias = new Float32Array(weight('b2', [5]).rawData?.slice().buffer as ArrayBuffer);
  for (const index of [0, 3]) {
    const map = await explain(model, image, { method: 'grad-cam', class: index });
    const sum = map.values.reduce((a, v) => a + v, 0);
    assert.ok(Math.abs(sum - ((logits[index] as number) - (bias[index] as number))) < 1e-5, `class ${index}: ${sum}`);
    assert.deepEqual([map.layer, map.height, map.width, map.variant], ['n_relu', 6, 8, 'standard']);
    assert.deepEqual([map.min, map.max], [Math.min(...map.values), Math.max(...map.values)]);
    assert.equal(map.values.buffer.byteLength, map.values.byteLength, 'tight');
  }
  const usual = await explain(model, image, { method: 'grad-cam' });
  assert.equal(usual.class.index, top[0]?.index, 'the predicted class where none is asked');
});

test('the variants of saliency are reductions of one gradient', async (t) => {
  const { explain, model, image } = await subject(t);
  const signed = await explain(model, image, { method: 'saliency', variant: 'signed', class: 1 });
  const largest = await explain(model, image, { method: 'saliency', variant: 'max', class: 1 });
  const sum = await explain(model, image, { method: 'saliency', variant: 'sum', class: 1 });
  const squared = await explain(model, image, { method: 'saliency', variant: 'squared', class: 1 });
  signed.values.forEach((s, i) => {
    const [m, a, q] = [largest, sum, squared].map((map) => map.values[i] as number) as [number, number, number];
    assert.ok(Math.abs(s) <= a * 1.00001 && m <= a * 1.00001 && a <= 3.00001 * m, `pixel ${i}`);
    assert.ok(Math.abs(q - m * m) <= 1e-6 * m * m, `pixel ${i}`);
  });
  assert.deepEqual([signed.layer, signed.height, signed.width, signed.signed], ['input', 6, 8, true]);
});

test('occlusion by one window over everything is the drop to the covering value', async (t) => {
  const { explain, predict, folder, model, image } = await subject(t);
  const request = { method: 'occlusion', class: 2, params: { window: 8, stride: 8, baseline: 0.25 } };
  const map = await explain(model, image, request);
  // Every pixel 0.25 after /255: the logits of a plain picture, up to the rounding of 63.75 to a pixel.
  const grey = await writePlain(join(folder, 'grey.png'), 64);
  const [whole, covered] = await Promise.all([predict(model, image), predict(model, grey)]);
  const drop = (whole.logits[2] as number) - (covered.logits[2] as number);
  assert.ok(
    map.values.every((v) => Math.abs(v - drop) < 0.01),
    `${map.values[0]} and ${drop}`,
  );
  assert.match(map.flat ?? '', /flat/);
});

test('occlusion: progress from the first batch, unknown pixels NaN, partial maps are part of the result', async (t) => {
  const { explain, model, image } = await subject(t);
  const steps: MapProgress[] = [];
  const map = await explain(model, image, everyPixel, { progress: (step) => void steps.push(step) });
  assert.deepEqual(
    steps.map((s) => s.done),
    [16 / 48, 32 / 48, 1],
  );
  assert.ok(steps[0]?.partial, 'a map at once; later ones as far as drawing them costs little');
  steps.forEach(({ partial }, i) => {
    if (!partial) return;
    const known = (i + 1) * 16;
    assert.deepEqual(partial.values.slice(0, known), map.values.slice(0, known));
    assert.ok(partial.values.slice(known).every(Number.isNaN));
    assert.equal(partial.values.buffer.byteLength, partial.values.byteLength, 'tight');
  });
  assert.ok((steps[0]?.secondsLeft ?? -1) >= 0);
  assert.deepEqual(map.params, { window: 1, stride: 1, baseline: 0 });
});

test('a second call is answered from the cache, with the labels of now', async (t) => {
  const { explain, folder, model, image } = await subject(t);
  const first = await explain(model, image, everyPixel);
  await writeClassifier(folder, {}, { labels: ['a', 'b', 'c', 'd', 'e'] });
  let steps = 0;
  const second = await explain(model, image, everyPixel, { progress: () => void steps++ });
  assert.equal(steps, 0);
  assert.equal(second.values, first.values);
  assert.equal(second.class.label, 'abcde'[first.class.index]);
});

test('two images and two classes at once give what each gives alone', async (t) => {
  const { explain, predict, folder, model, image } = await subject(t);
  const other = await writePicture(join(folder, 'other.png'), { seed: 7 });
  const ask = [
    [image, 0],
    [other, 0],
    [image, 1],
    [other, 1],
  ] as const;
  const together = await Promise.all(ask.map(([i, c]) => explain(model, i, { method: 'grad-cam', class: c, layer: 'conv' })));
  assert.equal((await Promise.all([predict(model, image), predict(model, other)])).length, 2);
  const alone = newEngine();
  for (const [n, [i, c]] of ask.entries()) {
    const map = await alone.explain(model, i, { method: 'grad-cam', class: c, layer: 'conv' });
    assert.deepEqual(together[n]?.values, map.values);
    assert.equal(map.layer, 'n_conv', 'an alias names the layer');
  }
  assert.equal(new Set(together.map((m) => m.values[10])).size, 4);
});

test('one job asked for twice at once is computed once, with progress for both', async (t) => {
  const { explain, model, image } = await subject(t);
  const steps: [number[], number[]] = [[], []];
  const maps = await Promise.all(steps.map((list) => explain(model, image, everyPixel, { progress: ({ done }) => void list.push(done) })));
  assert.equal(maps[0]?.values, maps[1]?.values);
  assert.deepEqual(steps, [
    [16 / 48, 32 / 48, 1],
    [16 / 48, 32 / 48, 1],
  ]);
});

test('preprocessings: the top class under each, as many as there are candidates; with NaN left out', async (t) => {
  const { preprocessings, model, image, folder } = await subject(t);
  const trials = await preprocessings(model, image);
  assert.deepEqual(
    trials.map((trial) => trial.id),
    ['unit', 'signed', 'torch', 'caffe', 'raw'],
  );
  assert.ok(trials.every((trial) => (trial.top.probability ?? 0) > 0.2 && trial.fedPng.length > 50));
  // Logits beyond float32 where pixels go to 255, still finite where they go to 1.
  await writeClassifier(folder, {
    initializers: [
      weight('w1', [4, 3, 3, 3], Array(108).fill(1e17)),
      weight('b1', [4]),
      weight('w2', [5, 4], Array(20).fill(3e18)),
      weight('b2', [5]),
    ],
  });
  const left = (await preprocessings(model, image)).map((trial) => trial.id);
  assert.ok(left.includes('unit') && !left.includes('raw'), left.join());
});

test('imagePng gives the decoded picture', async (t) => {
  const { imagePng, image } = await subject(t);
  const { width, height, png } = await imagePng(image);
  assert.deepEqual([width, height], [16, 12]);
  assert.ok(png.length > 100);
});

test('another engine computes anew and is named', async (t) => {
  const { configure, explain, model, image } = await subject(t);
  const first = await explain(model, image, { method: 'grad-cam' });
  await configure({ engine: 'wasm', cacheBytes: 2 ** 26 });
  const second = await explain(model, image, { method: 'grad-cam' });
  assert.match(first.engine, /onnxruntime/);
  assert.match(second.engine, /wasm/i);
  second.values.forEach((v, i) => {
    assert.ok(Math.abs(v - (first.values[i] as number)) < 1e-5);
  });
});

async function writePlain(path: string, value: number): Promise<string> {
  const { default: sharp } = await import('sharp');
  await sharp({ create: { width: 16, height: 12, channels: 3, background: { r: value, g: value, b: value } } })
    .png()
    .toFile(path);
  return path;
}
