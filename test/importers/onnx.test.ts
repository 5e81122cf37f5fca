// What the importer says about a model: input, logits, layers, hints, batch, layout.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { DataType, type ModelProto } from '../../src/formats/onnx/types.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import { check } from '../../src/graph/check.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { parseLabels } from '../../src/importers/onnx/hints.ts';
import { infer } from '../../src/ops/index.ts';
import { closeTo } from '../support/closeTo.ts';
import { classifier, float, int, integers, ints, node, noise, type Small, smallModel, sourceOf, weight } from '../support/onnxModels.ts';
import { runGraph, runOriginal } from '../support/onnxReference.ts';

async function open(model: ModelProto): Promise<Model> {
  const opened = await openModel(sourceOf(model));
  check(opened.graph, infer);
  return opened;
}

const feed = (...shape: number[]): Tensor =>
  float32(
    shape,
    noise(
      shape.reduce((a, b) => a * b, 1),
      11,
    ),
  );

test('the smallest classifier', async () => {
  const proto = classifier();
  const model = await open(proto);
  assert.deepEqual(model.input, { value: 'x', name: 'x', channels: 3, height: 6, width: 8, layout: 'NCHW' });
  assert.deepEqual([model.logits, model.classes, model.activation, model.format], ['logits', 5, 'none', 'onnx']);
  assert.deepEqual(model.graph.outputs, ['logits']);
  assert.equal(model.hash, createHash('sha256').update(encodeModel(proto)).digest('hex'));
  assert.deepEqual(
    model.layers.map((l) => [l.name, l.aliases, l.kind, l.value, l.shape, l.parameters, l.place.node]),
    [
      ['n_conv', ['conv'], 'Conv', 'conv', ['N', 4, 6, 8], 112, 'graph.node[0] n_conv'],
      ['n_relu', ['relu'], 'Relu', 'relu', ['N', 4, 6, 8], 0, 'graph.node[1] n_relu'],
      ['n_pool', ['pool'], 'GlobalAveragePool', 'pool', ['N', 4, 1, 1], 0, 'graph.node[2] n_pool'],
      ['n_flat', ['flat'], 'Flatten', 'flat', ['N', 4], 0, 'graph.node[3] n_flat'],
      ['n_logits', ['logits'], 'Gemm', 'logits', ['N', 5], 25, 'graph.node[4] n_logits'],
    ],
  );
});

test('nodes without a name, and names used twice, are called by their tensors', async () => {
  const proto = classifier();
  const nodes = proto.graph.nodes.map((n, i) => ({ ...n, name: i < 2 ? '' : 'same' }));
  const { layers } = await open({ ...proto, graph: { ...proto.graph, nodes } });
  assert.deepEqual(
    layers.map((l) => [l.name, l.aliases]),
    [
      ['conv', []],
      ['relu', []],
      ['same', ['pool']],
      ['flat', []],
      ['logits', []],
    ],
  );
});

test('half-precision models are read as float32', async () => {
  const base = classifier();
  const float = await open(base);
  // 0.5, −2 and 1 are exact in half precision.
  const values = { 0.5: 0x3800, '-2': 0xc000, 1: 0x3c00 } as Record<string, number>;
  const half = (dims: number[], list: number[]) => ({
    name: 'w2',
    dims,
    dataType: DataType.FLOAT16,
    int32Data: Int32Array.from(list, (v) => values[String(v)] as number),
  });
  const list = Array.from({ length: 20 }, (_, i) => [0.5, -2, 1][i % 3] as number);
  const initializers = base.graph.initializers.map((t) => (t.name === 'w2' ? half([5, 4], list) : t));
  const nodes = [
    ...base.graph.nodes.slice(0, 4),
    node('Cast', 'flat', 'h', int('to', DataType.FLOAT16)),
    node('Gemm', 'h w2 b2', 'logits', int('transB', 1)),
  ];
  const model = await open(classifier({ initializers, nodes }));
  assert.deepEqual(Array.from(model.graph.constants.get('w2')?.data as Float32Array), list);
  assert.deepEqual(model.graph.types.get('logits'), float.graph.types.get('logits'));
});

test('initializers repeated as inputs (ir 3) are no inputs', async () => {
  const model = await open(classifier({ inputsToo: true, opset: 8 }));
  assert.deepEqual([...model.graph.inputs.keys()], ['x']);
});

test('every output of a Split is a layer of its own', async () => {
  const nodes = [node('Split', 'x', 'p q', int('axis', 3)), node('Sub', 'p q', 'd'), node('Flatten', 'd', 'logits')];
  const { layers } = await open(smallModel({ nodes }));
  assert.deepEqual(
    layers.map((l) => [l.name, l.aliases, l.value]),
    [
      ['n_p', ['p'], 'p'],
      ['q', [], 'q'],
      ['n_d', ['d'], 'd'],
      ['n_logits', ['logits'], 'logits'],
    ],
  );
});

interface Head {
  name: string;
  nodes: Small['nodes'];
  activation: Model['activation'];
  logits: string;
  opset?: number;
  initializers?: Small['initializers'];
}
const heads: readonly Head[] = [
  { name: 'Softmax', nodes: [node('Softmax', 'scores', 'out')], activation: 'softmax', logits: 'scores' },
  { name: 'LogSoftmax', nodes: [node('LogSoftmax', 'scores', 'out')], activation: 'softmax', logits: 'scores' },
  { name: 'Sigmoid', nodes: [node('Sigmoid', 'scores', 'out')], activation: 'sigmoid', logits: 'scores' },
  {
    name: 'Softmax, Identity',
    nodes: [node('Softmax', 'scores', 's'), node('Identity', 's', 'out')],
    activation: 'softmax',
    logits: 'scores',
  },
  {
    name: 'Softmax, Reshape, Squeeze',
    nodes: [node('Softmax', 'scores', 's'), node('Reshape', 's shape', 'r'), node('Squeeze', 'r axes', 'out')],
    initializers: [integers('shape', [-1, 1, 5]), integers('axes', [1])],
    activation: 'softmax',
    logits: 'scores',
  },
  {
    name: 'Softmax before Flatten, [N,C,1,1], opset 9',
    nodes: [node('Unsqueeze', 'scores', 'u', ints('axes', [2, 3])), node('Softmax', 'u', 's'), node('Flatten', 's', 'out')],
    opset: 9,
    activation: 'softmax',
    logits: 'u:logits',
  },
  { name: 'Relu is no final activation', nodes: [node('Relu', 'scores', 'out')], activation: 'none', logits: 'out' },
];
for (const { name, nodes, activation, logits, opset = 17, initializers = [] } of heads) {
  test(`logits before ${name}`, async () => {
    const base = classifier();
    const body = base.graph.nodes.map((n) => ({ ...n, outputs: n.outputs.map((o) => (o === 'logits' ? 'scores' : o)) }));
    const proto = classifier({
      nodes: [...body, ...nodes],
      opset,
      outputs: ['out'],
      initializers: [...base.graph.initializers, ...initializers],
    });
    const model = await open(proto);
    assert.deepEqual([model.activation, model.logits, model.classes], [activation, logits, 5]);
    assert.deepEqual(model.graph.outputs, activation === 'none' ? ['out'] : [logits, 'out']);
    assert.deepEqual(model.graph.types.get(logits)?.shape, ['N', 5]);
    const x = feed(2, 3, 6, 8);
    const before = activation === 'none' ? 'out' : 'scores';
    const expected = await runOriginal(proto, [before, 'out'], { x });
    const actual = await runGraph(model.graph, model.graph.outputs, { x });
    closeTo(actual[logits] as Float32Array, expected[before] as Float32Array, 1e-5, 'logits');
    closeTo(actual.out as Float32Array, expected.out as Float32Array, 1e-5, 'activated output');
  });
}

test('of several outputs the first with class scores is taken, feature maps and labels are not', async () => {
  const base = classifier();
  const nodes = [...base.graph.nodes, node('ArgMax', 'logits', 'label', int('axis', 1)), node('Neg', 'logits', 'second')];
  const model = await open(classifier({ nodes, outputs: ['relu', 'label', 'logits', 'second'] }));
  assert.equal(model.logits, 'logits');
  assert.ok(!model.graph.types.has('second'), 'what only other outputs need is left out');
});

test('an unsupported node on the way to another output is no error', async () => {
  const base = classifier();
  const nodes = [...base.graph.nodes, node('NonMaxSuppression', 'relu', 'boxes')];
  assert.equal((await open(classifier({ nodes, outputs: ['logits', 'boxes'] }))).logits, 'logits');
  await assert.rejects(open(classifier({ nodes, outputs: ['boxes', 'logits'] })), /NonMaxSuppression 'n_boxes' is not supported/);
});

for (const [name, to] of [
  ['[1, -1]', [1, -1]],
  ['[1, n]', [1, 192]],
  ['[-1, n]', [-1, 192]],
] as const) {
  test(`a file with batch 1 and Reshape ${name} runs on two images`, async () => {
    const nodes = [node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])), node('Reshape', 'conv to', 'logits')];
    const proto = classifier({ nodes, input: [1, 3, 6, 8], initializers: [...classifier().graph.initializers, integers('to', to)] });
    const model = await open(proto);
    assert.deepEqual(model.graph.types.get('logits')?.shape, ['N', 192]);
    const x = feed(2, 3, 6, 8);
    const both = (await runGraph(model.graph, ['logits'], { x })).logits as Float32Array;
    for (const i of [0, 1]) {
      const one = float32([1, 3, 6, 8], (x.data as Float32Array).subarray(i * 144, (i + 1) * 144));
      const expected = (await runOriginal(proto, ['logits'], { x: one })).logits as Float32Array;
      closeTo(both.subarray(i * 192, (i + 1) * 192), expected, 1e-5, `image ${i}`);
    }
  });
}

test('a graph that mixes the batch with other axes is imported for one image', async () => {
  // Positions as rows: [1,3,6,8] → [48,3] → dense → [1,48,2] → mean.
  const nodes = [
    node('Transpose', 'x', 't', ints('perm', [0, 2, 3, 1])),
    node('Reshape', 't rows', 'r'),
    node('Gemm', 'r w', 'g'),
    node('Reshape', 'g back', 'b'),
    node('ReduceMean', 'b', 'logits', ints('axes', [1]), int('keepdims', 0)),
  ];
  const initializers = [integers('rows', [-1, 3]), weight('w', [3, 2]), integers('back', [1, 48, 2])];
  const proto = smallModel({ nodes, initializers });
  const model = await open(proto);
  assert.deepEqual(model.graph.types.get('logits')?.shape, [1, 2]);
  const x = feed(1, 3, 6, 8);
  const [actual, expected] = [await runGraph(model.graph, ['logits'], { x }), await runOriginal(proto, ['logits'], { x })];
  closeTo(actual.logits as Float32Array, expected.logits as Float32Array, 1e-5, 'logits');
});

/** [N,H,W,C] → [N,C,H,W] */
function channelsFirst(t: Tensor): Tensor {
  const [n, h, w, c] = t.shape as [number, number, number, number];
  const data = new Float32Array(t.data.length);
  for (let i = 0; i < n; i++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++)
        for (let k = 0; k < c; k++) data[((i * c + k) * h + y) * w + x] = t.data[((i * h + y) * w + x) * c + k] as number;
    }
  }
  return float32([n, c, h, w], data);
}

test('channels-last input (tf2onnx): the graph is fed channels-first and the transposes cancel', async () => {
  const base = classifier();
  const nodes = [node('Transpose', 'x', 'conv_in', ints('perm', [0, 3, 1, 2])), ...base.graph.nodes].map((n) =>
    n.opType === 'Conv' ? { ...n, inputs: ['conv_in', 'w1', 'b1'] } : n,
  );
  const proto = classifier({ nodes, input: ['N', 6, 8, 3] });
  const model = await open(proto);
  assert.deepEqual(model.input, { value: 'x', name: 'x', channels: 3, height: 6, width: 8, layout: 'NHWC' });
  assert.ok(!model.graph.nodes.some((n) => n.op === 'Transpose'));
  const last = feed(2, 6, 8, 3);
  const expected = await runOriginal(proto, ['logits'], { x: last });
  const actual = await runGraph(model.graph, ['logits'], { x: channelsFirst(last) });
  closeTo(actual.logits as Float32Array, expected.logits as Float32Array, 1e-5, 'logits');
});

test('values that are channels-last inside the model are layers in channels-first, on the way to the logits', async () => {
  const base = classifier();
  const nodes = [
    node('Sub', 'x mean', 'shifted'),
    node('Div', 'shifted std', 'scaled'),
    node('Transpose', 'scaled', 'first', ints('perm', [0, 3, 1, 2])),
    node('Conv', 'first w1 b1', 'conv'),
    node('Transpose', 'conv', 'last', ints('perm', [0, 2, 3, 1])),
    node('LayerNormalization', 'last s b', 'norm', float('epsilon', 1e-3)),
    node('Relu', 'norm', 'act'),
    node('ReduceMean', 'act', 'pool', ints('axes', [1, 2]), int('keepdims', 0)),
    node('Gemm', 'pool w2 b2', 'logits', int('transB', 1)),
  ];
  const initializers = [...base.graph.initializers, weight('mean', [3]), weight('std', [3], [1, 2, 3]), weight('s', [4]), weight('b', [4])];
  const proto = classifier({ nodes, initializers, input: ['N', 6, 8, 3] });
  const model = await open(proto);
  const shapes = Object.fromEntries(model.layers.map((l) => [l.name, l.shape]));
  assert.deepEqual(shapes.n_shifted, ['N', 3, 6, 8]);
  assert.deepEqual(shapes.n_norm, ['N', 4, 4, 6]);
  assert.deepEqual(shapes.n_act, ['N', 4, 4, 6]);
  assert.equal(shapes.n_last, undefined, 'the transpose itself shows nothing new');
  assert.deepEqual(model.hints.rescaling, ['n_shifted', 'n_scaled']);
  const last = feed(2, 6, 8, 3);
  const expected = await runOriginal(proto, ['logits', 'act'], { x: last });
  const value = model.layers.find((l) => l.name === 'n_act')?.value as string;
  const actual = await runGraph(model.graph, ['logits', value], { x: channelsFirst(last) });
  closeTo(actual.logits as Float32Array, expected.logits as Float32Array, 1e-5, 'logits');
  const act = channelsFirst(float32([2, 4, 6, 4], expected.act as Float32Array));
  closeTo(actual[value] as Float32Array, act.data as Float32Array, 1e-5, 'activation');
  // On the way: without that value nothing is left of the path to the logits.
  const needs = new Set(['logits']);
  for (const n of model.graph.nodes.toReversed()) if (n.outputs.some((o) => needs.has(o))) for (const i of n.inputs) needs.add(i);
  assert.ok(needs.has(value));
});

test('an input that fits both layouts is what its reader says', async () => {
  const shape = ['N', 3, 5, 3];
  const direct = smallModel({
    nodes: [node('Conv', 'x w', 'c'), node('Flatten', 'c', 'logits')],
    initializers: [weight('w', [2, 3, 3, 3])],
    input: shape,
  });
  assert.equal((await open(direct)).input.layout, 'NCHW');
  const nodes = [node('Transpose', 'x', 't', ints('perm', [0, 3, 1, 2])), node('Conv', 't w', 'c'), node('Flatten', 'c', 'logits')];
  const turned = smallModel({ nodes, initializers: [weight('w', [2, 3, 3, 3])], input: shape });
  assert.deepEqual((await open(turned)).input, { value: 'x', name: 'x', channels: 3, height: 3, width: 5, layout: 'NHWC' });
});

test('labels from metadata: JSON, Python literals, index maps', async () => {
  const labels = async (metadata: Record<string, string>) => (await open(classifier({ metadata }))).hints.labels;
  assert.deepEqual(await labels({ names: "{0: 'tench', 1: \"dog's\", 2: 'a, b: {1}', 3: 'd', 4: 'e\\'s'}" }), [
    'tench',
    "dog's",
    'a, b: {1}',
    'd',
    "e's",
  ]);
  assert.deepEqual(await labels({ author: 'me', classes: '["a","b"]' }), ['a', 'b']);
  assert.equal(await labels({ author: 'me' }), undefined);
  assert.deepEqual(parseLabels('{"1": "b", "0": "a"}'), ['a', 'b']);
  assert.deepEqual(parseLabels("['x', 'y']"), ['x', 'y']);
  for (const bad of ['', 'x', '{0: print(1)}', '{0: "a", 2: "b"}', '[1, 2]', '{}', '__import__("os")', "{0: 'a', 0: 'b'}"]) {
    assert.equal(parseLabels(bad), undefined, bad);
  }
});
