// Which values with four axes are pictures of the image, and which are heads of an attention or windows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLayer, spatialLayers } from '../../src/explain/layers.ts';
import { openModel } from '../../src/importers/index.ts';
import { int, integers, ints, node, type Small, smallModel, sourceOf, weight } from '../support/onnxModels.ts';

const stem = node('Conv', 'x w', 'patches', ints('strides', [2, 2]));
const initializers = [
  weight('w', [8, 3, 2, 2]),
  integers('tokens', [0, 8, 12]),
  integers('heads', [0, 12, 2, 4]),
  integers('joined', [0, 12, 8]),
  integers('picture', [0, 8, 3, 4]),
  weight('dense', [8, 8]),
];

async function spatial(nodes: Small['nodes']): Promise<string[]> {
  const model = await openModel(sourceOf(smallModel({ nodes, initializers })));
  return [...spatialLayers(model).map((l) => l.name), `default ${defaultLayer(model).name}`];
}

/** Self-attention of tokens [N,12,8] `t` with two heads, to `a`. */
const attention = [
  node('Reshape', 't heads', 'h'),
  node('Transpose', 'h', 'q', ints('perm', [0, 2, 1, 3])),
  node('Transpose', 'q', 'k', ints('perm', [0, 1, 3, 2])),
  node('MatMul', 'q k', 'qk'),
  node('Softmax', 'qk', 'p', int('axis', -1)),
  node('MatMul', 'p q', 'pv'),
  node('Transpose', 'pv', 'm', ints('perm', [0, 2, 1, 3])),
  node('Reshape', 'm joined', 'a'),
];
const tokens = [stem, node('Reshape', 'patches tokens', 'f'), node('Transpose', 'f', 't', ints('perm', [0, 2, 1]))];

test('the heads of an attention are none: what makes the patches is the last picture', async () => {
  const nodes = [...tokens, ...attention, node('ReduceMean', 'a', 'logits', ints('axes', [1]), int('keepdims', 0))];
  assert.deepEqual(await spatial(nodes), ['n_patches', 'default n_patches']);
});

test('tokens that become what a convolution reads are a picture again', async () => {
  const back = [
    node('Transpose', 'a', 'b', ints('perm', [0, 2, 1])),
    node('Reshape', 'b picture', 'again'),
    node('Relu', 'again', 'relu'),
    node('GlobalAveragePool', 'relu', 'pool'),
    node('Flatten', 'pool', 'logits'),
  ];
  assert.deepEqual(await spatial([...tokens, ...attention, ...back]), ['n_patches', 'n_again', 'n_relu', 'default n_relu']);
});

test('channels-last blocks stay pictures through dense layers and sums', async () => {
  const nodes = [
    stem,
    node('Transpose', 'patches', 'last', ints('perm', [0, 2, 3, 1])),
    node('MatMul', 'last dense', 'wide'),
    node('Relu', 'wide', 'relu'),
    node('Add', 'relu last', 'sum'),
    node('ReduceMean', 'sum', 'logits', ints('axes', [1, 2]), int('keepdims', 0)),
  ];
  assert.deepEqual(await spatial(nodes), ['n_patches', 'n_wide', 'n_relu', 'n_sum', 'default n_sum']);
});
