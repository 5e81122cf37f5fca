/** Which layers have units, what is said of them, and layers that have none. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ModelCache } from '../../../src/engine/models.ts';
import { defaultUnitLayer, findUnitLayer, unitLayersOf } from '../../../src/engine/units/unitLayer.ts';
import { newEngine, newFolder, writeClassifier } from '../../support/engineCalls.ts';
import { Golden } from '../../support/golden.ts';
import { float, int, integers, ints, node, noise, type Small, weight } from '../../support/onnxModels.ts';
import { sharedMissing } from '../../support/shared.ts';

async function opened(t: TestContext, overrides: Partial<Small> = {}) {
  return await new ModelCache(2 ** 26).open(await writeClassifier(await newFolder(t), overrides));
}

const open = { low: undefined, high: undefined };
const fromZero = { low: 0, high: undefined };

test('a classifier: pictures and vectors between image and logits, in order', async (t) => {
  const { engine } = newEngine();
  const model = await writeClassifier(await newFolder(t));
  const reply = await engine.unitLayers({ model }, { signal: new AbortController().signal, progress: () => {} });
  const conv = { layer: 'n_conv', kernel: [3, 3], inputs: 3, group: 1, colour: true };
  const dense = { layer: 'n_logits', kernel: [1, 1], inputs: 4, group: 1, colour: false };
  const sees = { size: [3, 3], stride: [1, 1] };
  assert.deepEqual(reply.layers, [
    { name: 'n_conv', kind: 'Conv', units: 4, height: 6, width: 8, receptiveField: sees, filters: conv, bounds: open },
    { name: 'n_relu', kind: 'Relu', units: 4, height: 6, width: 8, receptiveField: sees, filters: conv, bounds: fromZero },
    {
      name: 'n_pool',
      kind: 'GlobalAveragePool',
      units: 4,
      height: 1,
      width: 1,
      receptiveField: undefined,
      filters: undefined,
      bounds: fromZero,
    },
    { name: 'n_flat', kind: 'Flatten', units: 4, height: 1, width: 1, receptiveField: undefined, filters: undefined, bounds: fromZero },
    { name: 'n_logits', kind: 'Gemm', units: 5, height: 1, width: 1, receptiveField: undefined, filters: dense, bounds: open },
  ]);
  assert.equal(reply.defaultLayer, 'n_relu');
  assert.equal(reply.model.path, model);
});

test('a final softmax is no layer of units: the logits before it are; what does not lead to them is left out', async (t) => {
  const { nodes, initializers, outputs } = {
    nodes: [
      node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
      node('BatchNormalization', 'conv s b m v', 'norm', float('epsilon', 1e-3)),
      node('Clip', 'norm low high', 'six'),
      node('Relu', 'conv', 'aside'),
      node('GlobalMaxPool', 'six', 'pool'),
      node('Flatten', 'pool', 'flat'),
      node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
      node('Softmax', 'logits', 'probabilities', int('axis', 1)),
    ],
    initializers: [
      ...[weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])],
      ...[weight('s', [4]), weight('b', [4]), weight('m', [4]), weight('v', [4], noise(4, 7).map(Math.abs))],
      ...[weight('low', [], [0]), weight('high', [], [6])],
    ],
    outputs: ['probabilities', 'aside'],
  };
  const model = await opened(t, { nodes, initializers, outputs });
  const layers = unitLayersOf(model);
  assert.deepEqual(
    layers.map(({ name, units }) => `${name} ${units}`),
    ['n_conv 4', 'n_norm 4', 'n_six 4', 'n_pool 4', 'n_flat 4', 'n_logits 5'],
  );
  assert.deepEqual(layers[2]?.bounds, { low: 0, high: 6 });
  assert.equal(layers[2]?.filters?.layer, 'n_conv');
  assert.equal(unitLayersOf(model)[0], layers[0], 'worked out once');
  assert.equal(findUnitLayer(model, 'six').value, findUnitLayer(model, 'n_six').value, 'by the name of its output too');
});

test('layers without units say why, unknown ones what is like them', async (t) => {
  const nodes = [
    node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
    node('Reshape', 'conv to', 'tokens'),
    node('ReduceMean', 'tokens', 'mean', ints('axes', [2]), int('keepdims', 0)),
    node('Gemm', 'mean w2 b2', 'logits', int('transB', 1)),
  ];

  const initializers = [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5]), integers('to', [0, 4, 48])];
  const model = await opened(t, { nodes, initializers });
  assert.deepEqual(
    unitLayersOf(model).map(({ name }) => name),
    ['n_conv', 'n_mean', 'n_logits'],
  );
  assert.throws(() => findUnitLayer(model, 'n_tokens'), {
    code: 'method',
    where: 'n_tokens',
    file: model.model.file,
    message: /'n_tokens' of model\.onnx has no units: its output \[N,4,48\] is neither a picture \[N,C,H,W\] nor a vector \[N,C\]/,
    hint: /such as 'n_conv'/,
  });
  assert.throws(() => findUnitLayer(model, 'con'), { code: 'method', message: /no layer 'con'/, hint: /'n_conv'/ });
  assert.throws(() => defaultUnitLayer({ ...model, model: { ...model.model, layers: [] } }), { code: 'method', hint: /another model/ });
});

test('tiny networks: Keras and ONNX files of a network have the same units', async (t) => {
  const golden = Golden.open('tinynets/c_mobile');
  if (!golden) return t.skip(sharedMissing);
  const cache = new ModelCache(2 ** 26);
  const of = async (file: string) => unitLayersOf(await cache.open(join(golden.folder, file)));
  const [onnx, keras] = [await of('models/model_bn.onnx'), await of('models/model.keras')];
  const told = (layers: typeof onnx) =>
    layers
      .filter(({ filters }) => filters)
      .map(({ units, height, width, bounds, filters }) => ({ units, height, width, bounds, ...filters, layer: '' }));
  assert.deepEqual(told(keras), told(onnx));
  assert.ok(
    told(keras).some(({ group = 1, inputs }) => group > 1 && inputs === 1),
    'depthwise ones among them',
  );
  assert.ok(told(keras).some(({ bounds }) => bounds.high === 6));
});
