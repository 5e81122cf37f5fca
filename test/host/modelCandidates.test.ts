import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import { describeCandidate, displayPath, isLayersModel, modelName, readCandidate, sortCandidates } from '../../src/host/modelCandidates.ts';
import { classifier } from '../support/onnxModels.ts';
import { sharedPath } from '../support/shared.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glassbox-'));
});
after(() => rm(folder, { recursive: true }));

async function file(path: string, content: string | Uint8Array): Promise<string> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
  return join(folder, path);
}

const candidate = (path: string) => ({ path, name: modelName(path), format: 'ONNX' as const, bytes: 1, modified: 0 });

test('a model.json is called after its folder, other files after themselves', () => {
  assert.equal(modelName('/m/cats/model.json'), 'cats');
  assert.equal(modelName('/m/cats/final.json'), 'final.json');
  assert.equal(modelName('/m/squeezenet.v1.ONNX'), 'squeezenet.v1.ONNX');
});

test('Layers models are told from graph models and other JSON', () => {
  assert.equal(isLayersModel('{"format": "layers-model", "modelTopology": {"class_name": "Sequential"'), true);
  assert.equal(isLayersModel('{"modelTopology":{"model_config":{'), true);
  assert.equal(isLayersModel(' {\n "class_name": "Model", "config": {}'), true);
  assert.equal(isLayersModel('{"format": "graph-model", "modelTopology": {"node": ['), false);
  assert.equal(isLayersModel('{"modelTopology": {"node": [{"name"'), false);
  assert.equal(isLayersModel('{"name": "glassbox", "scripts": {}}'), false);
});

test('size counts weights beside the file', async () => {
  const json = '{"modelTopology": {"class_name": "Sequential"}}';
  const path = await file('tm/model.json', json);
  await file('tm/weights.bin', new Uint8Array(1000));
  const onnx = await file('net.onnx', new Uint8Array(10));
  await file('net.onnx.data', new Uint8Array(90));
  assert.deepEqual(
    [await readCandidate(path), await readCandidate(onnx)].map((each) => each && [each.name, each.format, each.bytes]),
    [
      ['tm', 'TensorFlow.js', 1000 + json.length],
      ['net.onnx', 'ONNX', 100],
    ],
  );
});

test('an explanation that was exported is no model to explain', async () => {
  const { nodes, inputs, outputs, initializers } = classifier().graph;
  const graph = { name: 'glassbox', nodes, inputs, outputs, initializers };
  const model = { irVersion: 9, opsetImports: [{ domain: '', version: 20 }], graph };
  const own = await file('cat.grad-cam.conv5.onnx', encodeModel({ ...model, producerName: 'Glassbox' }));
  const other = await file('cat.onnx', encodeModel({ ...model, producerName: 'pytorch' }));
  assert.deepEqual([await readCandidate(own), (await readCandidate(other))?.name], [undefined, 'cat.onnx']);
});

test('other JSON, folders and missing files are no candidates', async () => {
  const json = await file('other/model.json', '{"model": "a car"}');
  await file('folder.onnx/readme', '');
  assert.deepEqual(
    await Promise.all([json, join(folder, 'folder.onnx'), join(folder, 'none.onnx')].map(readCandidate)),
    Array(3).fill(undefined),
  );
});

test('real TensorFlow.js files are recognised', async (t) => {
  const layers = ['tiny-vgg/model.json', 'teachable-machine-catdog/model.json', 'squeezenet-imagenet/tfjs-layers/model.json'];
  const graph = ['squeezenet-imagenet/tfjs-graph/model.json'];
  const paths = [...layers, ...graph].map((path) => sharedPath(`models/${path}`));
  if (paths.includes(undefined)) return t.skip('left out: ../shared is not there');
  const found = await Promise.all(paths.map((path) => readCandidate(path!)));
  assert.deepEqual(
    found.map((each) => each?.format),
    ['TensorFlow.js', 'TensorFlow.js', 'TensorFlow.js', undefined],
  );
});

test('final models before their checkpoints, checkpoints by number', () => {
  const paths = ['/w/b/checkpoints/epoch_10/model.json', '/w/b/checkpoints/epoch_2/model.json', '/w/b/model.json', '/w/a.onnx'];
  const sorted = sortCandidates(paths.map(candidate)).map(({ path }) => path);
  assert.deepEqual(sorted, ['/w/a.onnx', '/w/b/model.json', '/w/b/checkpoints/epoch_2/model.json', '/w/b/checkpoints/epoch_10/model.json']);
});

test('models of the folders of the image come first', () => {
  const sorted = sortCandidates(['/w/a/model.json', '/w/z/model.json'].map(candidate), '/w/z/images/cat.png');
  assert.deepEqual(
    sorted.map(({ name }) => name),
    ['z', 'a'],
  );
});

test('descriptions: format, size, date', () => {
  const now = new Date(2026, 10, 21, 14, 3);
  const base = candidate('/m.onnx');
  assert.match(describeCandidate({ ...base, bytes: 2_140_000, modified: now.getTime() }, now), /^ONNX · 2\.1 MB · today /);
  assert.match(describeCandidate({ ...base, bytes: 98_000_000, modified: 0 }, now), /^ONNX · 98 MB · .*19(70|69)/);
  assert.match(describeCandidate({ ...base, bytes: 12, modified: 0 }, now), /^ONNX · 1 kB/);
});

test('paths are shown relative to the workspace folder, or whole outside of it', () => {
  assert.equal(displayPath('/w/models/a.onnx', '/w'), 'models/a.onnx');
  assert.equal(displayPath('/other/a.onnx', '/w'), '/other/a.onnx');
  assert.equal(displayPath('/w/..cache/a.onnx', '/w'), '..cache/a.onnx');
});
