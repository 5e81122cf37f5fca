/** Kernels as they are in the file, R G B where they read the image. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { newEngine, newFolder, unitPixels, writeClassifier } from '../../support/engineCalls.ts';
import { noise } from '../../support/onnxModels.ts';
import { realNets } from '../../support/realNets.ts';
import { sharedMissing } from '../../support/shared.ts';

function filters(model: string, layer: string, from: number, count: number) {
  return newEngine().engine.filters({ model, layer, from, count }, { signal: new AbortController().signal, progress: () => {} });
}

const channels = async (t: TestContext, order: string) =>
  await writeClassifier(await newFolder(t), {}, { input: { ...unitPixels, channels: order } });
/** As `weight` of support/onnxModels.ts makes w1 [4,3,3,3] and w2 [5,4]. */
const [first, dense] = [noise(108, 6), noise(20, 4)];

test('kernels of the first layer in R G B order, whatever order the network is fed', async (t) => {
  const rgb = await filters(await channels(t, 'RGB'), 'n_relu', 0, 4);
  assert.deepEqual(rgb.info, { layer: 'n_conv', kernel: [3, 3], inputs: 3, group: 1, colour: true });
  assert.deepEqual([rgb.from, rgb.count, rgb.colour], [0, 4, true]);
  assert.deepEqual(rgb.values, first);
  assert.equal(rgb.max, Math.max(...first.map(Math.abs)));
  const bgr = await filters(await channels(t, 'BGR'), 'n_conv', 1, 2);
  const swapped = Float32Array.from({ length: 54 }, (_, i) => {
    const [unit, channel, cell] = [1 + Math.floor(i / 27), Math.floor(i / 9) % 3, i % 9];
    return first[unit * 27 + (2 - channel) * 9 + cell]!;
  });
  assert.deepEqual(bgr.values, swapped);
  assert.equal(bgr.max, rgb.max, 'of all kernels, not of those sent');
});

test('kernels of a dense layer are one weight per input', async (t) => {
  const { info, values, colour } = await filters(await channels(t, 'BGR'), 'n_logits', 3, 2);
  assert.deepEqual(info, { layer: 'n_logits', kernel: [1, 1], inputs: 4, group: 1, colour: false });
  assert.deepEqual([values, colour], [dense.slice(12), false]);
});

test('ranges and layers that are not there are refused', async (t) => {
  const model = await channels(t, 'RGB');
  for (const [from, count] of [
    [0, 5],
    [-1, 1],
    [4, 1],
    [0, 0],
    [0.5, 1],
    [0, Number.NaN],
  ] as const) {
    await assert.rejects(filters(model, 'n_conv', from, count), {
      code: 'method',
      where: 'n_conv',
      file: model,
      message: /has 4 kernels/,
      hint: /between 0 and 3/,
    });
  }
  await assert.rejects(filters(model, 'n_pool', 0, 1), {
    code: 'method',
    where: 'n_pool',
    message: /'n_pool' of model\.onnx are not made by kernels/,
  });
  await assert.rejects(filters(model, 'none', 0, 1), { code: 'method', message: /no layer 'none'/ });
});

test('ONNX and Keras files of a network have the same kernels, depthwise ones too', async (t) => {
  const [keras, onnx] = realNets.find(({ name }) => name === 'mobilenet')?.files ?? [];
  if (!keras || !onnx) return t.skip(sharedMissing);
  for (const [layer, kernel, inputs, group] of [
    ['conv1', 3, 3, 1],
    ['conv_dw_3', 3, 1, 32],
    ['conv_pw_3', 1, 32, 1],
    ['conv_preds', 1, 256, 1],
  ] as const) {
    const a = await filters(keras, layer, 2, 5);
    const b = await filters(onnx, layer, 2, 5);
    assert.deepEqual(a.info, { layer, kernel: [kernel, kernel], inputs, group, colour: layer === 'conv1' }, layer);
    assert.equal(a.values.length, 5 * inputs * kernel * kernel);
    assert.ok(a.values.every((v, i) => Math.abs(v - b.values[i]!) < 1e-6) && a.values.some((v) => v !== 0));
  }
});
