/** Files that Keras wrote, in every layout, against the scores that Keras computes from them (test/data/kerasFiles/make.py). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { float32 } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import { permute } from '../../src/importers/keras/permute.ts';
import type { Model } from '../../src/importers/model.ts';
import { closeTo } from '../support/closeTo.ts';
import { fileInMemory, kerasAnswer, kerasFile, kerasFiles } from '../support/kerasFiles.ts';
import { runGraph } from '../support/onnxReference.ts';

const config = () => kerasFile('functional.json');
/** What lies beside the files that are weights only. */
const beside: Readonly<Record<string, Record<string, Uint8Array>>> = {
  'functional.weights.h5': { 'functional.json': config() },
  'functional.legacyWeights.h5': { 'model.json': Buffer.from('{"format":"layers-model"}'), 'architecture.json': config() },
};
const open = (name: string) => openModel(fileInMemory(name, kerasFile(name), beside[name]));

async function scores(model: Model, net: string): Promise<Float32Array> {
  const { shape, image } = kerasAnswer(net);
  const fed = permute(image, shape, [0, 3, 1, 2]);
  const results = await runGraph(model.graph, [...model.graph.outputs], { [model.input.value]: float32(fed.shape, fed.data) });
  return results[model.graph.outputs.at(-1) as string] as Float32Array;
}

test('there are files of every layout', () => assert.ok(kerasFiles.length >= 14));

for (const name of kerasFiles) {
  test(`${name}: the scores of Keras`, async () => {
    const net = name.split('.')[0] as string;
    const model = await open(name);
    assert.equal(model.format, name.endsWith('.keras') ? 'keras' : 'keras-h5');
    closeTo(await scores(model, net), kerasAnswer(net).scores, 2e-6, name);
  });
}

test('layers are placed by their path, models call themselves by their name, files of one model differ in their hash', async () => {
  const model = await open('nested.keras');
  assert.deepEqual(
    model.layers.map(({ name, place }) => [name, place.node]),
    model.layers.map(({ name }) => [name, name]),
  );
  assert.ok(model.layers.some(({ name, kind, parameters }) => name === 'backbone/conv' && kind === 'Conv2D' && parameters === 112));
  assert.ok(model.layers.some(({ name, kind }) => name === 'head/conv_head' && kind === 'Conv2D'));
  assert.equal(model.hints.modelName, 'nested_net');
  assert.deepEqual((await open('sequential.h5')).hints.rescaling, ['rescale']);
  const hashes = await Promise.all(
    ['functional.keras', 'functional.h5', 'functional.weights.h5'].map(async (name) => (await open(name)).hash),
  );
  assert.equal(new Set(hashes).size, 3);
  assert.equal((await open('functional.h5')).hash, hashes[1]);
});

test('a config beside the weights is part of the model: another one makes another hash', async () => {
  const name = 'functional.weights.h5';
  const other = Buffer.concat([config(), Buffer.from('\n')]);
  const hashes = [config(), other].map(
    async (json) => (await openModel(fileInMemory(name, kerasFile(name), { 'config.json': json }))).hash,
  );
  assert.notEqual(...((await Promise.all(hashes)) as [string, string]));
});

test('the order of layers decides where names of layers are others', async () => {
  const renamed = Buffer.from(config().toString().replaceAll('"stem"', '"conv2d_7"').replaceAll('"shared"', '"conv2d_8"'));
  for (const name of ['functional.weights.h5', 'functional.legacyWeights.h5']) {
    const model = await openModel(fileInMemory(name, kerasFile(name), { 'config.json': renamed }));
    closeTo(await scores(model, 'functional'), kerasAnswer('functional').scores, 2e-6, name);
  }
});
