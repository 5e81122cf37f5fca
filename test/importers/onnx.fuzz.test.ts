// Damaged and hostile ONNX files: an error that says what is wrong, or a model; never anything else, soon and in little memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import { openModel } from '../../src/importers/index.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { classifier, int, integers, node, noise, smallModel, sourceOf, string, weight } from '../support/onnxModels.ts';

/** A network with shapes computed, quantised and joined: many readers of the file's numbers. */
const network = smallModel({
  nodes: [
    node('QuantizeLinear', 'x scale', 'q'),
    node('DequantizeLinear', 'q scale', 'd'),
    node('Conv', 'd w', 'c', string('auto_pad', 'SAME_UPPER')),
    node('Shape', 'c', 's'),
    node('Slice', 's zero one', 'n'),
    node('Concat', 'n rest', 'to', int('axis', 0)),
    node('Reshape', 'c to', 'f'),
    node('Gemm', 'f v', 'logits', int('transB', 1)),
  ],
  initializers: [
    weight('scale', [], [0.1]),
    weight('w', [2, 3, 3, 3]),
    integers('zero', [0]),
    integers('one', [1]),
    integers('rest', [-1]),
    weight('v', [5, 96]),
  ],
});
const whole = encodeModel(network);

async function outcome(bytes: Uint8Array): Promise<'model' | string> {
  try {
    await openModel(sourceOf(bytes));
    return 'model';
  } catch (error) {
    assert.ok(error instanceof ModelError, `not a ModelError: ${(error as Error).stack}`);
    assert.notEqual(error.code, 'internal', error.message);
    assert.ok(error.message.length < 2000 && error.hint, error.message);
    return error.code;
  }
}

test('the whole file opens', async () => assert.equal(await outcome(whole), 'model'));

test('truncated at every byte', async () => {
  // What ends after the graph but before the operator set is no model either.
  for (let length = 0; length < whole.length; length++) assert.notEqual(await outcome(whole.slice(0, length)), 'model', `${length} bytes`);
});

test('flipped bytes of everything but the weights', async () => {
  const random = noise(6000, 3);
  const seen = new Set<string>();
  for (let i = 0; i < 1500; i++) {
    const bytes = whole.slice();
    for (let k = 0; k <= i % 3; k++) {
      const at = Math.floor(((random[4 * i + k] as number) + 1) * 0.5 * bytes.length);
      bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(((random[4 * i + 3] as number) + 1) * 4));
    }
    seen.add(await outcome(bytes));
  }
  assert.ok(seen.has('model') && seen.has('file-corrupt') && seen.has('unsupported'), [...seen].join(', '));
});

test('sizes beyond all bounds, in every place that has some', async () => {
  const huge = 2 ** 31 - 1;
  const of = (...nodes: Parameters<typeof node>[]) => nodes.map((args) => node(...args));
  const flat = ['Flatten', 'y', 'logits'] as const;
  const cases = [
    of(['Reshape', 'x sizes', 'y'], [...flat]),
    of(['Expand', 'x sizes', 'y'], [...flat]),
    of(['Tile', 'x sizes', 'y'], [...flat]),
    of(['ConstantOfShape', 'sizes', 'c'], ['Add', 'x c', 'y'], [...flat]),
    of(['Tile', 'sizes one', 'c'], ['Reshape', 'x c', 'y'], [...flat]),
    of(['Resize', 'x _ _ sizes', 'y'], [...flat]),
    of(['Pad', 'x pads', 'y'], [...flat]),
    of(['MaxPool', 'x', 'y', { name: 'kernel_shape', type: 'ints', value: [huge, huge] }], [...flat]),
    of(['Split', 'x sizes', 'y z'], [...flat]),
    of(['DepthToSpace', 'x', 'y', int('blocksize', huge)], [...flat]),
    of(['SpaceToDepth', 'x', 'y', int('blocksize', 0)], [...flat]),
  ];
  const initializers = [integers('sizes', [huge, huge, huge, huge]), integers('pads', Array(8).fill(huge)), integers('one', [huge])];
  const before = process.memoryUsage().rss;
  for (const nodes of cases) assert.notEqual(await outcome(encodeModel(smallModel({ nodes, initializers }))), 'model', nodes[0]?.opType);
  assert.ok(process.memoryUsage().rss - before < 2 ** 28, 'less than 256 MiB');
});

test('nodes in a circle', async () => {
  const nodes = [node('Add', 'x b', 'a'), node('Relu', 'a', 'b'), node('Flatten', 'b', 'logits')];
  await assert.rejects(openModel(sourceOf(smallModel({ nodes }))), /Add 'n_a' reads 'b', which nothing before it makes/);
});

test('one value made twice', async () => {
  const nodes = [node('Relu', 'x', 'a'), node('Neg', 'x', 'a'), node('Flatten', 'a', 'logits')];
  assert.notEqual(await outcome(encodeModel(smallModel({ nodes }))), 'model');
});

test('thousands of nodes take no more than their share', async () => {
  const count = 20_000;
  const nodes = Array.from({ length: count }, (_, i) => node('Relu', i === 0 ? 'x' : `v${i - 1}`, `v${i}`));
  const chain = smallModel({ nodes: [...nodes, node('Flatten', `v${count - 1}`, 'logits')] });
  const { user } = process.cpuUsage();
  const model = await openModel(sourceOf(chain));
  assert.equal(model.layers.length, count + 1);
  assert.ok(process.cpuUsage().user - user < 8e6, `${(process.cpuUsage().user - user) / 1e6} s`);
});

test('weights in the open: none are read from outside the folder', async () => {
  const [first, ...rest] = classifier().graph.initializers;
  const { rawData: _, ...tensor } = first as NonNullable<typeof first>;
  for (const location of ['../../etc/passwd', '/etc/passwd', 'a/../../b', 'file:///etc/passwd', '\\\\host\\share', 'C:/x']) {
    const source = sourceOf(classifier({ initializers: [{ ...tensor, externalData: { location, offset: 0 } }, ...rest] }));
    await assert.rejects(openModel({ ...source, read: () => assert.fail('nothing is read') }), /not in the model's folder/);
  }
});
