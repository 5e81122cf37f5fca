/** Which layers a checkpoint is looked at with, and their numbers on every engine against loops over the reference. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planForward } from '../../src/explain/plan.ts';
import { float32 } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { defaultFeatures, featurePlaces } from '../../src/inspect/featureLayers.ts';
import { planSet, setLayers } from '../../src/inspect/setPlan.ts';
import { closeTo } from '../support/closeTo.ts';
import { createOrSkip, executors } from '../support/executors.ts';
import { branched, classifier, float, int, ints, node, noise, smallModel, sourceOf, weight } from '../support/onnxModels.ts';
import { evaluate, fromTensor } from '../support/reference.ts';
import { resNet50 } from '../support/syntheticNets.ts';

/** Convolutions that a norm and a ReLU, a leaky ReLU, a clip and nothing follow; a flatten and a dense layer. */
async function network(): Promise<Model> {
  const positive = (name: string) => weight(name, [4], [0.5, 1, 1.5, 2]);
  const conv = (name: string, from: string) => node('Conv', `${from} w${name} b`, name, ints('pads', [1, 1, 1, 1]));
  return await openModel(
    sourceOf(
      smallModel({
        nodes: [
          node('Conv', 'x w1 b', 'conv1', ints('pads', [1, 1, 1, 1])),
          node('BatchNormalization', 'conv1 scale shift mean variance', 'norm'),
          node('Relu', 'norm', 'relu1'),
          conv('conv2', 'relu1'),
          node('LeakyRelu', 'conv2', 'leaky', float('alpha', 0.1)),
          conv('conv3', 'leaky'),
          node('Clip', 'conv3 zero six', 'relu6'),
          conv('conv4', 'relu6'),
          node('Add', 'conv4 relu1', 'sum'),
          node('MaxPool', 'sum', 'pool', ints('kernel_shape', [2, 2]), ints('strides', [2, 2])),
          node('Flatten', 'pool', 'flat', int('axis', 1)),
          node('Gemm', 'flat w5 b5', 'dense'),
          node('Relu', 'dense', 'relu5'),
          node('Gemm', 'relu5 w6 b6', 'logits'),
        ],
        initializers: [
          ...[
            weight('w1', [4, 3, 3, 3]),
            weight('b', [4]),
            positive('scale'),
            weight('shift', [4]),
            weight('mean', [4]),
            positive('variance'),
          ],
          ...['conv2', 'conv3', 'conv4'].map((name, i) => weight(`w${name}`, [4, 4, 3, 3], noise(144, i + 9))),
          ...[weight('zero', [], [0]), weight('six', [], [6])],
          ...[weight('w5', [48, 7]), weight('b5', [7]), weight('w6', [7, 5]), weight('b6', [5])],
        ],
      }),
    ),
  );
}

const values = (model: Model) => setLayers(model, defaultFeatures(model)).map(({ value }) => value);

test('a layer is what leaves the activation; what only moves numbers is none; units die behind ReLU and ReLU6 alone', async () => {
  const model = await network();
  const layers = setLayers(model, defaultFeatures(model));
  assert.deepEqual(
    layers.map(({ value }) => value),
    ['relu1', 'leaky', 'relu6', 'conv4', 'sum', 'pool', 'relu5', 'logits'],
  );
  assert.deepEqual(
    layers.filter(({ cuts }) => cuts).map(({ value }) => value),
    ['relu1', 'relu6', 'relu5'],
  );
});

test('the feature layer is among them whatever it is', async () => {
  const model = await network();
  for (const place of featurePlaces(model)) {
    assert.ok(
      setLayers(model, place).some(({ value }) => value === place.value),
      place.layer.name,
    );
  }
  assert.deepEqual(values(await openModel(sourceOf(classifier()))), ['relu', 'pool', 'logits']);
  assert.deepEqual(values(await openModel(sourceOf(classifier(branched())))), ['relu', 'gate', 'sum', 'pool', 'logits']);
});

test('of a deep network 16, from first to last', async () => {
  const model = await resNet50();
  const [feature, all] = [defaultFeatures(model), featurePlaces(model).map(({ value }) => value)];
  for (const place of [feature, featurePlaces(model)[40]!]) {
    const layers = setLayers(model, place);
    const at = layers.map(({ value }) => all.indexOf(value));
    assert.equal(new Set(at).size, 16);
    assert.ok(
      at.every((depth, i) => i === 0 || depth > at[i - 1]!),
      `${at}`,
    );
    assert.ok(layers.some(({ value }) => value === place.value));
    assert.ok(at[0]! < all.length / 10 && at.at(-1)! > all.length * 0.9);
  }
});

for (const engine of executors) {
  test(`${engine.id}: logits and means as loops over the reference have them`, async (t) => {
    const executor = await createOrSkip(t, engine);
    if (!executor) return;
    const model = await network();
    const layers = setLayers(model, defaultFeatures(model));
    const { graph, ...names } = planSet(model, layers);
    const input = float32(
      [3, 3, 6, 8],
      noise(3 * 144, 5).map((v) => 2 * v),
    );
    const program = await executor.compile(graph);
    const outputs = await program.run({ [model.input.value]: input });
    await program.dispose();
    const byReference = (value: string) =>
      evaluate(planForward(model, value), new Map([[model.input.value, fromTensor(input)]])).get(value)!.data;
    const data = (value: string) => outputs[value]?.data as Float32Array;
    closeTo(data(names.logits), byReference(model.logits), 1e-5, 'logits');
    for (const [l, mean] of names.means.entries()) {
      const { value, layer, cuts } = layers[l]!;
      const whole = byReference(value);
      const cells = whole.length / (3 * layer.dimensions);
      const rows = Array.from({ length: 3 * layer.dimensions }, (_, row) => [...whole.slice(row * cells, (row + 1) * cells)]);
      const sum = (row: readonly number[]) => row.reduce((s, v) => s + v, 0);
      closeTo(
        data(mean),
        rows.map((row) => sum(row) / cells),
        1e-5,
        `means of ${value}`,
      );
      if (!cuts) continue;
      // What dead units are told by.
      const means = data(mean);
      for (const [i, row] of rows.entries()) assert.equal(means[i]! > 0, Math.max(...row) > 0, `${value} ${i}`);
    }
  });
}
