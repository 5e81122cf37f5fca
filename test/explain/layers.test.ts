/** Which layers a map can be drawn at, and where Grad-CAM starts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLayer, findLayer, spatialLayers } from '../../src/explain/layers.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { classifier, int, ints, node, type Small, smallModel, sourceOf, weight } from '../support/onnxModels.ts';

const open = async (small: Partial<Small>): Promise<Model> => await openModel(sourceOf(classifier(small)));
const pads = ints('pads', [1, 1, 1, 1]);
const head = [
  node('GlobalAveragePool', 'last', 'pool'),
  node('Flatten', 'pool', 'flat'),
  node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
];
const weights = [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])];

async function start(nodes: Small['nodes'], initializers = weights): Promise<string> {
  return defaultLayer(await open({ nodes, initializers })).name;
}

test('the last layer that computes: after its activation, before pools, dropout and reshapes', async () => {
  const conv = [node('Conv', 'x w1 b1', 'conv', pads), node('Relu', 'conv', 'relu')];
  const maxPool = node('MaxPool', 'relu', 'last', ints('kernel_shape', [2, 2]), ints('strides', [2, 2]));
  assert.equal(await start([...conv, maxPool, ...head]), 'n_relu');
  assert.equal(await start([...conv, node('AveragePool', 'relu', 'last', ints('kernel_shape', [2, 2])), ...head]), 'n_relu');
  assert.equal(await start([...conv, node('Dropout', 'relu', 'last'), ...head]), 'n_relu');
});

test('a layer with one channel per class is the answer: the one before is taken', async () => {
  const scores = node('Conv', 'relu w3 b3', 'scores');
  const nodes = [
    node('Conv', 'x w1 b1', 'conv', pads),
    node('Relu', 'conv', 'relu'),
    scores,
    node('GlobalAveragePool', 'scores', 'pool'),
    node('Flatten', 'pool', 'logits'),
  ];
  const initializers = [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w3', [5, 4, 1, 1]), weight('b3', [5])];
  assert.equal(await start(nodes, initializers), 'n_relu');
  const only = [node('Conv', 'x w3 b3', 'scores'), node('GlobalAveragePool', 'scores', 'pool'), node('Flatten', 'pool', 'logits')];
  assert.equal(await start(only, [weight('w3', [5, 3, 1, 1]), weight('b3', [5])]), 'n_scores', 'unless there is none');
});

test('a concatenation and a sum count as computing', async () => {
  const branches = [node('Conv', 'x w1 b1', 'a', pads), node('Conv', 'x w1 b1', 'b', pads)];
  const wide = [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [5, 8]), weight('b2', [5])];
  assert.equal(await start([...branches, node('Concat', 'a b', 'last', int('axis', 1)), ...head], wide), 'n_last');
  assert.equal(await start([...branches, node('Add', 'a b', 'last'), ...head]), 'n_last');
});

test('spatial layers: more than one cell, on the way to the logits, in order of depth', async () => {
  const nodes = [node('Conv', 'x w1 b1', 'conv', pads), node('Relu', 'conv', 'last'), node('Sigmoid', 'conv', 'aside'), ...head];
  const model = await open({ nodes, initializers: weights, outputs: ['logits'] });
  assert.deepEqual(
    spatialLayers(model).map((l) => l.name),
    ['n_conv', 'n_last'],
  );
});

test('a layer that is not there: names close to it', async () => {
  const model = await open({});
  assert.equal(findLayer(model, 'relu').name, 'n_relu');
  assert.throws(() => findLayer(model, 'con'), { code: 'method', message: /no layer 'con'/, hint: "Did you mean 'n_conv'?" });
  assert.throws(() => findLayer(model, 'zzz'), { code: 'method', hint: /glassbox layers/ });
  const flat = await openModel(
    sourceOf(
      smallModel({
        nodes: [node('Flatten', 'x', 'f'), node('Gemm', 'f w b', 'logits')],
        initializers: [weight('w', [144, 5]), weight('b', [5])],
      }),
    ),
  );
  assert.throws(() => defaultLayer(flat), { code: 'method', hint: /saliency or occlusion/ });
});
