import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import { describeCandidate, displayPath, readCandidate, sortCandidates } from '../../src/host/modelCandidates.ts';
import { sniffModel, sniffTfjs } from '../../src/host/modelSniff.ts';
import { modelFormats, modelName } from '../../src/shared/modelFormats.ts';
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

const candidate = (path: string) => ({ path, name: modelName(path), format: 'onnx' as const, bytes: 1, modified: 0 });

test('model.json and saved_model.pb are called after their folder, other files after themselves', () => {
  assert.equal(modelName('/m/cats/model.json'), 'cats');
  assert.equal(modelName('C:\\m\\cats\\saved_model.pb'), 'cats');
  assert.equal(modelName('/m/cats/final.json'), 'final.json');
  assert.equal(modelName('/m/squeezenet.v1.ONNX'), 'squeezenet.v1.ONNX');
});

test('TensorFlow.js models are told from other JSON, Layers models from graph models', () => {
  assert.equal(sniffTfjs('{"format": "layers-model", "modelTopology": {"class_name": "Sequential"'), 'tfjs-layers');
  assert.equal(sniffTfjs('{"modelTopology":{"model_config":{'), 'tfjs-layers');
  assert.equal(sniffTfjs(' {\n "class_name": "Model", "config": {}'), 'tfjs-layers');
  assert.equal(sniffTfjs('{"format": "graph-model", "modelTopology": {"node": ['), 'tfjs-graph');
  assert.equal(sniffTfjs('{"modelTopology": {"node": [{"name"'), 'tfjs-graph');
  assert.equal(sniffTfjs('{"name": "glassbox", "scripts": {}}'), undefined);
});

test('files are told by their first bytes; weights alone, data sets and other zips are no models', () => {
  const sniff = (path: string, head: string) => sniffModel(path, Buffer.from(head, 'latin1'));
  const hdf5 = '\x89HDF\r\n\x1a\n\0\0';
  assert.equal(sniff('net.h5', `${hdf5} model_config`), 'keras-h5');
  assert.equal(sniff('net.keras', `${hdf5} model_config`), 'keras-h5');
  assert.equal(sniff('net.weights.h5', `${hdf5} layer_names`), undefined);
  assert.equal(sniff('train_catvnoncat.h5', `${hdf5} train_set_x`), undefined);
  assert.equal(sniff('net.h5', 'model_config'), undefined);
  assert.equal(sniff('net.KERAS', 'PK\x03\x04 config.json'), 'keras');
  assert.equal(sniff('net.keras', '{}'), undefined);
  assert.equal(sniff('net.tflite', '\x1c\0\0\0TFL3'), 'tflite');
  assert.equal(sniff('net.tflite', 'version https://git-lfs'), undefined);
  assert.equal(sniff('m/saved_model.pb', '\x08\x01\x12\x05'), 'saved-model');
  assert.equal(sniff('group1-shard1of1.bin', 'PK\x03\x04'), undefined);
});

test('size counts weights beside the file', async () => {
  const json = '{"modelTopology": {"class_name": "Sequential"}}';
  const path = await file('tm/model.json', json);
  await file('tm/weights.bin', new Uint8Array(1000));
  const onnx = await file('net.onnx', new Uint8Array(10));
  await file('net.onnx.data', new Uint8Array(90));
  const saved = await file('pets/saved_model.pb', new Uint8Array([8, 1, 18]));
  await file('pets/variables/variables.index', new Uint8Array(20));
  await file('pets/variables/variables.data-00000-of-00001', new Uint8Array(30));
  assert.deepEqual(
    [await readCandidate(path), await readCandidate(onnx), await readCandidate(saved)].map(
      (each) => each && [each.name, each.format, each.bytes],
    ),
    [
      ['tm', 'tfjs-layers', 1000 + json.length],
      ['net.onnx', 'onnx', 100],
      ['pets', 'saved-model', 53],
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

test('real files of all formats are recognised', async (t) => {
  const net = 'squeezenet-imagenet';
  const formats = {
    'tiny-vgg/model.json': 'TensorFlow.js Layers',
    'teachable-machine-catdog/model.json': 'TensorFlow.js Layers',
    [`${net}/tfjs-layers/model.json`]: 'TensorFlow.js Layers',
    [`${net}/tfjs-graph/model.json`]: 'TensorFlow.js Graph',
    [`${net}/squeezenet_v1.0.keras`]: 'Keras 3',
    [`${net}/squeezenet_v1.0.h5`]: 'Keras HDF5',
    [`${net}/squeezenet_v1.0.onnx`]: 'ONNX',
    [`${net}/squeezenet_v1.0_float.tflite`]: 'TensorFlow Lite',
    [`${net}/squeezenet_v1.0_saved_model/saved_model.pb`]: 'SavedModel',
    [`${net}/tfjs-layers/group1-shard1of1.bin`]: undefined,
  };
  const paths = Object.keys(formats).map((path) => sharedPath(`models/${path}`));
  if (paths.includes(undefined)) return t.skip('left out: ../shared is not there');
  const found = await Promise.all(paths.map((path) => readCandidate(path!)));
  assert.deepEqual(
    found.map((each) => each && modelFormats[each.format]),
    Object.values(formats),
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
