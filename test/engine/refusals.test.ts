/** Requests that cannot be met: each says what, why and what to do instead, and the engine goes on. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ErrorCode } from '../../src/shared/errors.ts';
import type { MapRequest } from '../../src/shared/protocol.ts';
import { newEngine, newFolder, writeClassifier, writePicture } from '../support/engineCalls.ts';
import { int, integers, node, weight } from '../support/onnxModels.ts';

interface Refusal {
  request: MapRequest;
  message: RegExp;
  hint: RegExp;
  code?: ErrorCode;
}

const refusals: readonly Refusal[] = [
  { request: { method: 'gradcam' }, message: /no method 'gradcam'/, hint: /grad-cam, .*saliency, .*occlusion/ },
  { request: { method: 'saliency', variant: 'mean' }, message: /Saliency has no variant 'mean'/, hint: /max, sum, squared, signed/ },
  { request: { method: 'grad-cam', layer: 'con' }, message: /model\.onnx has no layer 'con'/, hint: /Did you mean 'n_conv'\?/ },
  { request: { method: 'grad-cam', layer: 'zzz' }, message: /no layer 'zzz'/, hint: /glassbox layers/ },
  { request: { method: 'grad-cam', layer: 'n_pool' }, message: /'n_pool' \(GlobalAveragePool\) gives \[4,1,1\]/, hint: /'n_relu'/ },
  { request: { method: 'grad-cam', layer: 'n_logits' }, message: /'n_logits' \(Gemm\) gives \[5\]/, hint: /'n_relu'/ },
  { request: { method: 'grad-cam', class: 5 }, message: /no class 5/, hint: /0 to 4/ },
  { request: { method: 'grad-cam', class: -1 }, message: /no class -1/, hint: /0 to 4/ },
  { request: { method: 'grad-cam', class: 1.5 }, message: /no class 1\.5/, hint: /0 to 4/ },
  { request: { method: 'grad-cam', class: Number.NaN }, message: /no class NaN/, hint: /0 to 4/ },
  {
    request: { method: 'occlusion', params: { window: 0 } },
    message: /window cannot be 0/,
    hint: /Side of the covering square.*From 1 to \d+\.$/,
  },
  { request: { method: 'lrp', variant: 'gamma', params: { gamma: -3 } }, message: /γ cannot be -3/, hint: /From 0 to 10\.$/ },
  { request: { method: 'occlusion', params: { window: 2.5 } }, message: /window cannot be 2\.5/, hint: /pixels/ },
  { request: { method: 'occlusion', params: { stride: 'two' } }, message: /stride cannot be "two"/, hint: /Step/ },
  {
    request: { method: 'occlusion', params: { baseline: Number.POSITIVE_INFINITY } },
    message: /covering value cannot be/,
    hint: /What the network is fed/,
  },
  { request: { method: 'occlusion', params: { window: 2, stride: 3 } }, message: /stride of 3 leaves pixels uncovered/, hint: /at most/ },
  { request: { method: 'occlusion', params: { size: 3 } }, message: /no parameter 'size'/, hint: /window, stride, baseline/ },
];

test('requests that do not fit the model or the method', async (t) => {
  const folder = await newFolder(t);
  const [model, image] = await Promise.all([writeClassifier(folder), writePicture(join(folder, 'picture.png'))]);
  const { explain } = newEngine();
  for (const { request, message, hint, code = 'method' } of refusals) {
    await assert.rejects(explain(model, image, request), { name: 'ModelError', code, message, hint, file: model }, JSON.stringify(request));
  }
  assert.equal((await explain(model, image, { method: 'grad-cam' })).height, 6);
});

test('a network without spatial layers: Grad-CAM refers to the methods on the input, which work', async (t) => {
  const folder = await newFolder(t);
  const nodes = [node('Flatten', 'x', 'flat'), node('Gemm', 'flat w b', 'logits', int('transB', 1))];
  const model = await writeClassifier(folder, { nodes, initializers: [weight('w', [5, 144]), weight('b', [5])] });
  const image = await writePicture(join(folder, 'picture.png'));
  const { explain } = newEngine();
  const error = {
    code: 'method',
    message: /Grad-CAM needs a layer with height and width; model\.onnx has none/,
    file: model,
    hint: /saliency or occlusion/,
  };
  await assert.rejects(explain(model, image, { method: 'grad-cam' }), error);
  await assert.rejects(explain(model, image, { method: 'grad-cam', layer: 'n_flat' }), error);
  assert.equal((await explain(model, image, { method: 'saliency' })).width, 8);
  assert.equal((await explain(model, image, { method: 'occlusion', params: { window: 4, stride: 4 } })).width, 8);
});

test('NaN logits name the model, and say where to look', async (t) => {
  const folder = await newFolder(t);
  const huge = [
    weight('w1', [4, 3, 3, 3], Array(108).fill(3e38)),
    weight('b1', [4]),
    weight('w2', [5, 4], Array(20).fill(3e38)),
    weight('b2', [5]),
  ];
  const model = await writeClassifier(folder, { initializers: huge });
  const image = await writePicture(join(folder, 'picture.png'));
  const { predict, explain } = newEngine();
  const error = { code: 'weights', file: model, message: /model\.onnx answers with NaN or infinite logits/, hint: /preprocessing/ };
  await assert.rejects(predict(model, image), error);
  for (const method of ['grad-cam', 'saliency', 'occlusion']) await assert.rejects(explain(model, image, { method }), error);
  await assert.rejects(explain(model, image, { method: 'grad-cam', class: 0 }), {
    code: 'weights',
    file: model,
    where: 'n_relu',
    message: /Grad-CAM at 'n_relu' has NaN or infinite values/,
  });
});

test('unknown preprocessing asks; channels that no image has cannot be asked about', async (t) => {
  const folder = await newFolder(t);
  const model = await writeClassifier(folder);
  const image = await writePicture(join(folder, 'picture.png'));
  await writeFile(join(folder, 'glassbox.json'), '{}');
  const { predict, preprocessings, open } = newEngine();
  await assert.rejects(predict(model, image), {
    code: 'input',
    file: model,
    message: /Nothing says how images are prepared for model\.onnx/,
    hint: /glassbox\.json beside the model/,
  });
  assert.equal((await open(model)).preprocessing, undefined);
  assert.equal((await preprocessings(model, image)).length, 5);
  await writeClassifier(folder, {
    input: ['N', 5, 6, 8],
    initializers: [weight('w1', [4, 5, 3, 3]), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])],
  });
  await writeFile(join(folder, 'glassbox.json'), '{}');
  for (const call of [predict, preprocessings]) {
    await assert.rejects(call(model, image), { code: 'input', file: model, message: /'x' of model\.onnx has 5 channels/, hint: /--input/ });
  }
});

test('a sidecar that does not fit the model', async (t) => {
  const folder = await newFolder(t);
  const input = { resize: 'stretch', channels: 'gray', scale: 1, mean: [0], std: [1] };
  const model = await writeClassifier(folder, {}, { input, labels: ['one', 'two'] });
  const image = await writePicture(join(folder, 'picture.png'));
  const { predict, open } = newEngine();
  await assert.rejects(predict(model, image), {
    code: 'shape',
    file: model,
    message: /gives 1 channels \(gray\), the model takes 3/,
    hint: /sidecar/,
  });
  const { labels, warnings } = await open(model);
  assert.equal(labels, undefined);
  assert.deepEqual(
    warnings.map((w) => [w.code, w.file, /2 .*5|5 .*2/.test(w.message)]),
    [['labels', join(folder, 'glassbox.json'), true]],
  );
});

const tail = [
  node('Relu', 'last', 'relu'),
  node('GlobalAveragePool', 'relu', 'pool'),
  node('Flatten', 'pool', 'flat'),
  node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
];
const tailWeights = [weight('w2', [5, 4]), weight('b2', [5])];

test('a weight that is computed from the image: no gradient method, but those that only ask', async (t) => {
  const folder = await newFolder(t);
  const nodes = [node('GlobalAveragePool', 'x', 'mean'), node('Mul', 'k mean', 'w'), node('Conv', 'x w', 'last'), ...tail];
  const model = await writeClassifier(folder, { input: [1, 3, 6, 8], nodes, initializers: [weight('k', [4, 3, 1, 1]), ...tailWeights] });
  const image = await writePicture(join(folder, 'picture.png'));
  const { explain } = newEngine();
  const without = { saliency: 'Saliency', smoothgrad: 'SmoothGrad', 'integrated-gradients': 'Integrated Gradients' };
  for (const [method, label] of Object.entries(without)) {
    await assert.rejects(explain(model, image, { method }), {
      code: 'method',
      file: model,
      where: 'n_last',
      message: new RegExp(`^${label} cannot be computed: Conv 'last' \\(layer 'n_last'\\) has no gradient for its input 'w'`),
      hint: /occlusion/,
    });
  }
  for (const method of ['occlusion', 'score-cam'])
    assert.ok((await explain(model, image, { method })).values.every(Number.isFinite), method);
});

test('a network that works across its batch gets one image at a time', async (t) => {
  const folder = await newFolder(t);
  const nodes = [
    node('ReduceSum', 'x axes', 'all'),
    node('Sub', 'x all', 'rest'),
    node('Add', 'x rest', 'y'),
    node('Conv', 'y w', 'last'),
    ...tail,
  ];
  const initializers = [weight('w', [4, 3, 3, 3]), integers('axes', [0]), ...tailWeights];
  const model = await writeClassifier(folder, { input: [1, 3, 6, 8], nodes, initializers });
  const image = await writePicture(join(folder, 'picture.png'));
  const { explain } = newEngine();
  for (const method of ['grad-cam', 'saliency', 'occlusion', 'score-cam', 'smoothgrad', 'integrated-gradients']) {
    const { values } = await explain(model, image, { method });
    assert.ok(values.every(Number.isFinite) && values.some((v) => v !== 0), method);
  }
});
