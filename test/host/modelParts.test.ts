import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isModelPart, modelFolders } from '../../src/host/modelParts.ts';

test('a change of what a model is made of is a change of the model, in every format', () => {
  const parts: Record<string, string[]> = {
    '/m/cat/model.json': ['model.json', 'group1-shard1of2.bin', 'group1-shard2of2', 'weights.bin', 'metadata.json', 'labels.txt'],
    '/m/cat/net.onnx': ['net.onnx', 'net.onnx.data', 'net.onnx_data', 'net.glassbox.json', 'glassbox.json', '../glassbox.json'],
    '/m/cat/net.keras': ['net.keras', 'class_names.txt'],
    '/m/cat/model.weights.h5': ['model.weights.h5', 'config.json', 'model.json', 'architecture.json'],
    '/m/cat/vgg.h5': ['vgg.json'],
    '/m/cat/saved_model.pb': ['saved_model.pb', 'variables/variables.index', 'variables/variables.data-00000-of-00001'],
  };
  for (const [path, names] of Object.entries(parts))
    for (const name of names) assert.equal(isModelPart(path, new URL(name, `file://${path}`).pathname), true, `${name} of ${path}`);
});

test('other files are none of it: pictures, notes, other models, what lies above', () => {
  for (const file of ['/m/cat/cat.png', '/m/cat/README.md', '/m/cat/other.onnx', '/m/cat/package.json', '/m/labels.txt', '/m/weights.bin'])
    assert.equal(isModelPart('/m/cat/net.onnx', file), false, file);
  assert.equal(isModelPart('/m/cat/net.onnx', '/m/cat/variables/variables.index'), false);
});

test('the folders that are watched', () => {
  assert.deepEqual(modelFolders('/m/cat/net.onnx'), ['/m/cat', '/m']);
  assert.deepEqual(modelFolders('/m/cat/saved_model.pb'), ['/m/cat', '/m', '/m/cat/variables']);
});
