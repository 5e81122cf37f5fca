/** Names of layers where the file says in which modules its nodes stand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeModel } from '../../src/formats/onnx/read.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import { modulePath } from '../../src/importers/onnx/modulePath.ts';
import { classifier } from '../support/onnxModels.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

const path = (list: string) =>
  modulePath({ opType: 'Conv', inputs: [], outputs: [], attributes: [], metadata: { 'pkg.torch.onnx.name_scopes': list } });

test('the modules of a node make a path, as the old exporter wrote it', () => {
  assert.equal(path("['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d_3']"), '/layer1/layer1.0/conv1/Conv');
  assert.equal(path("['', 'features', 'features.0', 'features.0.0', 'conv2d']"), '/features/features.0/features.0.0/Conv');
  assert.equal(path("['', 'features.denseblock1', 'features.denseblock1.conv', 'x']"), '/features.denseblock1/conv/Conv');
  assert.equal(path("['', 'flatten']"), '/Conv');
  assert.equal(path(`['', "it's", 'conv2d']`), "/it's/Conv");
});

test('anything else in its place is left alone', () => {
  for (const list of ['', '[]', "['']", "['a', 'b']", 'layer1', "['', 'a'", `['${'a'.repeat(5000)}']`])
    assert.equal(path(list), undefined, list);
  assert.equal(modulePath({ opType: 'Conv', inputs: [], outputs: [], attributes: [] }), undefined);
});

test("a node's metadata is read as it is written", () => {
  const { graph, ...model } = classifier();
  const nodes = graph.nodes.map((node, i) => ({ ...node, metadata: { key: `value ${i}`, other: 'ü' } }));
  const decoded = decodeModel(encodeModel({ ...model, graph: { ...graph, nodes } }));
  assert.deepEqual(
    decoded.graph.nodes.map(({ metadata }) => metadata),
    nodes.map(({ metadata }) => metadata),
  );
});

test('layers are called by their modules, numbered where one is called again, and found by the old name', async () => {
  const { graph, ...model } = classifier();
  const metadata = { 'pkg.torch.onnx.name_scopes': "['', 'body', 'relu']" };
  const twice = graph.nodes.flatMap((node) =>
    node.opType === 'Relu'
      ? [
          { ...node, outputs: ['once'] },
          { ...node, inputs: ['once'] },
        ]
      : [node],
  );
  const nodes = twice.map((node, i) => ({ ...node, name: `node_${i}`, metadata }));
  const bytes = encodeModel({ ...model, graph: { ...graph, nodes } });
  const { layers } = await openModel({ file: 'a.onnx', bytes, read: () => Promise.reject(new Error('none')) });
  assert.deepEqual(
    layers.slice(0, 3).map(({ name, aliases }) => [name, ...aliases]),
    [
      ['/body/Conv', nodes[0]!.outputs[0], 'node_0'],
      ['/body/Relu', 'once', 'node_1'],
      ['/body/Relu_1', nodes[2]!.outputs[0], 'node_2'],
    ],
  );
});

test('a network of the new exporter nests as its PyTorch module does', async (t) => {
  const file = sharedPath('golden/tinynets/b_residual/models/model_dynamo.onnx');
  if (!file) return t.skip(sharedMissing);
  const { layers } = await openModel(await fileSource(file));
  t.diagnostic(layers.map(({ name }) => name).join(' '));
  assert.ok(layers.every(({ name }) => !name.startsWith('node_')));
});
