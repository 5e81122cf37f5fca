/** A method that exists at one layer of a network (CAM) is put there, whatever layer is asked, and says so. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { newEngine, newFolder, writeClassifier, writePicture } from '../support/engineCalls.ts';
import { int, ints, node } from '../support/onnxModels.ts';

test('CAM asked at any layer, or at none, stands at the layer that is averaged', async (t) => {
  const folder = await newFolder(t);
  const [model, image] = [await writeClassifier(folder), await writePicture(join(folder, 'picture.png'))];
  const { explain } = newEngine();
  const [there, elsewhere, grad] = await Promise.all([
    explain(model, image, { method: 'cam', class: 2 }),
    explain(model, image, { method: 'cam', class: 2, layer: 'n_conv' }),
    explain(model, image, { method: 'grad-cam', class: 2, layer: 'n_relu' }),
  ]);
  assert.equal(there.layer, 'n_relu');
  assert.equal(elsewhere.layer, 'n_relu');
  assert.deepEqual(there.values, elsewhere.values);
  assert.match(elsewhere.checks.find(({ id }) => id === 'layer')?.text ?? '', /'n_relu' only/);
  there.values.forEach((v, i) => {
    assert.ok(Math.abs(v - (grad.values[i] as number) * there.values.length) < 1e-5);
  });
  await assert.rejects(explain(model, image, { method: 'cam', layer: 'n_nowhere' }), { code: 'method', message: /no layer 'n_nowhere'/ });
});

test('a network that ends otherwise refuses CAM before it is asked', async (t) => {
  const folder = await newFolder(t);
  const nodes = [
    node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
    node('GlobalMaxPool', 'conv', 'pool'),
    node('Flatten', 'pool', 'flat'),
    node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
  ];
  const [model, image] = [await writeClassifier(folder, { nodes }), await writePicture(join(folder, 'picture.png'))];
  const { explain, open } = newEngine();
  assert.match((await open(model)).refusals.cam?.message ?? '', /at 'n_pool' GlobalMaxPool/);
  await assert.rejects(explain(model, image, { method: 'cam' }), { code: 'method', where: 'n_pool', hint: /Grad-CAM/ });
  // The activations that guided backpropagation has no rule for are told with its map: here there are none.
  assert.deepEqual((await explain(model, image, { method: 'guided-backprop' })).checks, []);
});
