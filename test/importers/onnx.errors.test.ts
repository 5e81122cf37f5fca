// Files that are wrong, or no models, or not for Glassbox: one clear error each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataType, type ModelProto, type TensorProto } from '../../src/formats/onnx/types.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import { openModel } from '../../src/importers/index.ts';
import type { ModelSource } from '../../src/importers/model.ts';
import { onnxImporter } from '../../src/importers/onnx/index.ts';
import { type ErrorCode, ModelError } from '../../src/shared/errors.ts';
import { classifier, int, integers, ints, node, smallModel, sourceOf, string, tensor, weight } from '../support/onnxModels.ts';

async function refused(source: ModelSource | ModelProto, code: ErrorCode, message: RegExp, hint: RegExp = /./): Promise<void> {
  let caught: unknown;
  await openModel('bytes' in source ? source : sourceOf(source)).catch((error) => {
    caught = error;
  });
  assert.ok(caught instanceof ModelError, `expected a ModelError, got ${caught}`);
  assert.equal(caught.code, code, caught.message);
  assert.match(caught.message, message);
  assert.match(caught.hint ?? '', hint);
  assert.equal(caught.file, 'folder/model.onnx');
}

const text = (s: string): ModelSource => sourceOf(new Uint8Array(Buffer.from(s)));
const weights = () => classifier().graph.initializers;
const replaced = (name: string, change: (t: TensorProto) => TensorProto) =>
  classifier({ initializers: weights().map((t) => (t.name === name ? change(t) : t)) });

test('empty file', () => refused(text(''), 'format-unknown', /empty/));
test('Git LFS pointer', () =>
  refused(
    text('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'),
    'format-unknown',
    /Git LFS pointer/,
    /git lfs pull/,
  ));
test('HTML page', () => refused(text('<!DOCTYPE html>\n<html><body>404</body></html>'), 'format-unknown', /web page/));
test('text', () => refused(text('hello, I am not a model\n'), 'file-corrupt', /text, not an ONNX model/));
test('other binary', () => refused(sourceOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1)), 'file-corrupt', /at byte \d+/));
test('all of these are recognised by their name, so that the error is about them', () => {
  assert.ok(onnxImporter.matches(text('version https://git-lfs.github.com/spec/v1')));
  assert.ok(!onnxImporter.matches({ ...text('{"modelTopology": {}}'), file: 'model.json' }));
  assert.ok(onnxImporter.matches({ ...sourceOf(classifier()), file: 'model.bin' }));
});

test('truncated file', () => {
  const bytes = encodeModel(classifier());
  return refused(sourceOf(bytes.subarray(0, bytes.length - 100)), 'file-corrupt', /damaged or truncated at byte \d+/, /again/);
});

const external = (location: string, offset = 0, length?: number) =>
  replaced('w1', ({ rawData: _, ...t }) => ({ ...t, externalData: { location, offset, ...(length !== undefined && { length }) } }));

test('external data missing', () => refused(external('w.data'), 'file-missing', /'w\.data'.*'w1'/, /folder of the model/));
test('external data too short', () =>
  refused(
    sourceOf(external('w.data', 16), { 'w.data': new Uint8Array(100) }),
    'file-corrupt',
    /'w1' needs bytes 16 to 448 of 'w\.data', which has 100/,
  ));
test('external data of another length than the shape says', () =>
  refused(sourceOf(external('w.data', 0, 8), { 'w.data': new Uint8Array(100) }), 'file-corrupt', /has 8 bytes.*needs 432/));
for (const location of ['../w.data', '/etc/passwd', 'a/../../w', 'C:\\w.data', '..\\w', '\\\\host\\w', '', 'a\0b']) {
  test(`external data outside the folder: ${JSON.stringify(location)}`, () => {
    const source = { ...sourceOf(external(location)), read: async () => assert.fail('nothing is read') };
    return refused(source, 'file-corrupt', /not in the model's folder/);
  });
}
test('external data in a folder below, with an offset', async () => {
  const [w1] = weights();
  const data = new Uint8Array(3 + 432);
  data.set(w1?.rawData as Uint8Array, 3);
  const one = await openModel(sourceOf(external('sub/w.data', 3, 432), { 'sub/w.data': data }));
  const other = await openModel(sourceOf(classifier()));
  assert.deepEqual(one.graph.constants.get('w1'), other.graph.constants.get('w1'));
  data[0] = 1;
  const changed = await openModel(sourceOf(external('sub/w.data', 3, 432), { 'sub/w.data': data }));
  assert.notEqual(changed.hash, one.hash, 'the hash covers the external file');
});

test('negative size', () =>
  refused(
    replaced('w1', (t) => ({ ...t, dims: [4, -3, 3, 3] })),
    'file-corrupt',
    /'w1' has a negative size/,
  ));
test('sizes whose product overflows', () =>
  refused(
    replaced('w1', (t) => ({ ...t, dims: [2 ** 40, 2 ** 40] })),
    'file-corrupt',
    /'w1' has an impossible shape/,
  ));
test('sizes larger than the data', () =>
  refused(
    replaced('w1', (t) => ({ ...t, dims: [4000, 3, 3, 3] })),
    'file-corrupt',
    /432 bytes.*needs 432000/,
  ));
test('strings as weights', () =>
  refused(
    replaced('w1', (t) => ({ ...t, dataType: DataType.STRING })),
    'unsupported',
    /'w1' has element type string/,
  ));
test('integers that would fill the memory', () => {
  const nodes = [node('ConstantOfShape', 's', 'c', tensor('value', integers('', [1]))), node('Reshape', 'x c', 'logits')];
  return refused(smallModel({ nodes, initializers: [integers('s', [2 ** 27])] }), 'file-corrupt', /n_c.*constant of shape/);
});
test('a constant that would fill the memory', () => {
  const nodes = [node('ConstantOfShape', 's', 'c'), node('Add', 'x c', 'a'), node('Flatten', 'a', 'logits')];
  return refused(smallModel({ nodes, initializers: [integers('s', [100000, 100000, 10])] }), 'file-corrupt', /n_c.*constant of shape/);
});

for (const [name, value] of [
  ['NaN', Number.NaN],
  ['Inf', Number.NEGATIVE_INFINITY],
] as const) {
  test(`${name} in the weights`, () => {
    const broken = weight(
      'w2',
      [5, 4],
      Float32Array.from({ length: 20 }, (_, i) => (i === 7 ? value : 0.1)),
    );
    return refused(
      replaced('w2', () => broken),
      'weights',
      new RegExp(`'w2' of Gemm 'n_logits' holds ${name} \\(first at element 7\\)`),
      /checkpoint/,
    );
  });
}

test('all unsupported nodes, attributes and dtypes together, by name', async () => {
  const nodes = [
    node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
    node('GRU', 'conv s s', 'norm'),
    node('Loop', 'norm', 'loop'),
    { ...node('Fancy', 'conv', 'fancy'), domain: 'com.example' },
    node('Relu', 'conv', 'relu', int('extra', 3)),
    node('Resize', 'conv _ sizes', 'resized', string('mode', 'cubic')),
    node('Sum', 'loop resized relu fancy', 'sum'),
    node('GlobalAveragePool', 'sum', 'pool'),
    node('Flatten', 'pool', 'logits'),
  ];
  const initializers = [...weights(), weight('s', [4]), weight('sizes', [4], [1, 1, 2, 2])];
  const all = [
    "5 nodes cannot be imported: GRU 'n_norm' is not supported",
    "Loop 'n_loop' is not supported",
    "com.example.Fancy 'n_fancy' is not supported",
    "Relu 'n_relu' has attribute 'extra', which is not supported",
    "Resize 'n_resized' has mode 'cubic', which is not supported.$",
  ];
  await refused(smallModel({ nodes, initializers }), 'unsupported', new RegExp(all.join('; ')));
});
test('a mask that somebody reads', () => {
  const nodes = [node('Dropout', 'x', 'd mask'), node('Cast', 'mask', 'm', int('to', 1)), node('Flatten', 'm', 'logits')];
  return refused(smallModel({ nodes }), 'file-corrupt', /reads 'mask'|n_m/, /.?/);
});

test('operator set too old, or not said', async () => {
  await refused(classifier({ opset: 6 }), 'unsupported', /operator set 6; 7 to/, /version_converter/);
  await refused({ ...classifier(), opsetImports: [] }, 'file-corrupt', /operator set/, /.?/);
});

test('no image as input: rank 2, tokens, two inputs, none', async () => {
  await refused(classifier({ input: ['N', 784] }), 'input', /'x' is float32 \[N,784\], which is no image/);
  const tokens = classifier();
  const typed = { ...tokens, graph: { ...tokens.graph, inputs: [{ name: 'x', elemType: DataType.INT64, shape: ['N', 128] }] } };
  await refused(typed, 'input', /'x' is int64 \[N,128\]/);
  const bytes = { ...tokens, graph: { ...tokens.graph, inputs: [{ name: 'x', elemType: DataType.UINT8, shape: ['N', 3, 6, 8] }] } };
  await refused(bytes, 'input', /'x' is uint8 \[N,3,6,8\], which is no image of floats/);
  const two = classifier();
  const nodes = [...two.graph.nodes.slice(0, 4), node('Add', 'flat mask', 'logits')];
  const inputs = [...two.graph.inputs, { name: 'mask', elemType: 1, shape: ['N', 4] }];
  await refused({ ...two, graph: { ...two.graph, nodes, inputs } }, 'input', /2 inputs: 'x' float32 \[N,3,6,8\], 'mask' float32 \[N,4\]/);
  await refused({ ...two, graph: { ...two.graph, inputs: [] } }, 'input', /no input/);
});
test('image size open, and given by the sidecar', async () => {
  const model = classifier({ input: ['N', 3, 'height', 'width'] });
  await refused(model, 'input', /leaves the image size open.*\[N,3,height,width\]/, /input\.size/);
  const { input } = await openModel(sourceOf(model, {}, [10, 12]));
  assert.deepEqual([input.channels, input.height, input.width], [3, 10, 12]);
});

test('no classifier output', async () => {
  const nodes = [
    node('Transpose', 'x', 't', ints('perm', [0, 2, 3, 1])),
    node('ReduceSum', 't', 'logits', ints('axes', [1]), int('keepdims', 0)),
  ];
  await refused(classifier({ nodes, opset: 11 }), 'unsupported', /no output with one score per class.*'logits' \[1,8,3\]/);
  const free = [node('Add', 'w2 w2', 'logits'), node('Relu', 'x', 'unused')];
  await refused(classifier({ nodes: free }), 'unsupported', /no output with one score/);
});
test('shapes that do not fit name the node', () =>
  refused(
    replaced('w2', () => weight('w2', [5, 3])),
    'shape',
    /logits/,
    /damaged or was written wrongly/,
  ));
test('a value that nothing makes', () => {
  const nodes = classifier().graph.nodes.filter((n) => n.opType !== 'Relu');
  return refused(classifier({ nodes }), 'file-corrupt', /GlobalAveragePool 'n_pool' reads 'relu', which nothing before it makes/, /.?/);
});
test('a batch fixed at more than one that cannot be freed', () => {
  const nodes = [node('Transpose', 'x', 't', ints('perm', [1, 0, 2, 3])), node('Flatten', 't', 'logits')];
  return refused(smallModel({ nodes, input: [2, 3, 6, 8] }), 'unsupported', /batch/, /.?/);
});
