// Which output is explained, and what dense outputs become: scores channels-first before the activation, and their mean.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { float32 } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model, ModelSource } from '../../src/importers/model.ts';
import { closeTo } from '../support/closeTo.ts';
import { classifier, float, int, integers, ints, node, noise, type Small, smallModel, sourceOf, weight } from '../support/onnxModels.ts';
import { runGraph, runOriginal } from '../support/onnxReference.ts';
import { functional, input, layer, memorySource, modelFiles, type TestWeight } from '../support/tfjsModels.ts';

const x = float32([2, 3, 6, 8], noise(288, 11));

/** conv → relu → 1×1 conv 'scores' [N,5,6,8], and what a case puts behind it. */
function dense(behind: Small['nodes'] = [], outputs = ['scores']): ReturnType<typeof smallModel> {
  return smallModel({
    nodes: [
      node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
      node('Relu', 'conv', 'relu'),
      node('Conv', 'relu w2 b2', 'scores'),
      ...behind,
    ],
    initializers: [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [5, 4, 1, 1]), weight('b2', [5])],
    outputs,
  });
}

/** Mean over the cells of [images,classes,cells]. */
function means(values: Float32Array, images: number, classes: number): Float32Array {
  const cells = values.length / (images * classes);
  return Float32Array.from({ length: images * classes }, (_, row) => {
    const own = values.subarray(row * cells, (row + 1) * cells);
    return own.reduce((sum, v) => sum + v, 0) / cells;
  });
}

interface Case {
  behind: Small['nodes'];
  activation: Model['activation'];
  /** Value of the scores in the graph, channels-first. */
  value: string;
}

const turn = ints('perm', [0, 2, 3, 1]);
const cases: Readonly<Record<string, Case>> = {
  'as it is': { behind: [], activation: 'none', value: 'scores' },
  Softmax: { behind: [node('Softmax', 'scores', 'out', int('axis', 1))], activation: 'softmax', value: 'scores' },
  LogSoftmax: { behind: [node('LogSoftmax', 'scores', 'out', int('axis', 1))], activation: 'softmax', value: 'scores' },
  Sigmoid: { behind: [node('Sigmoid', 'scores', 'out')], activation: 'sigmoid', value: 'scores' },
  'Softmax along a row': { behind: [node('Softmax', 'scores', 'out', int('axis', 3))], activation: 'none', value: 'out' },
  'channels-last': { behind: [node('Transpose', 'scores', 'out', turn)], activation: 'none', value: 'scores' },
  'Softmax, then channels-last': {
    behind: [node('Softmax', 'scores', 'p', int('axis', 1)), node('Transpose', 'p', 'out', turn)],
    activation: 'softmax',
    value: 'scores',
  },
  'channels-last, then Softmax': {
    behind: [node('Transpose', 'scores', 'last', turn), node('Softmax', 'last', 'out', int('axis', 3))],
    activation: 'softmax',
    value: 'scores',
  },
  'channels-last, then Softmax over the columns': {
    behind: [node('Transpose', 'scores', 'last', turn), node('Softmax', 'last', 'out', int('axis', 2))],
    activation: 'none',
    value: 'out:NCHW',
  },
  'channels-last, scaled, then Sigmoid and Identity': {
    behind: [
      node('Transpose', 'scores', 'last', turn),
      node('Elu', 'last', 'elu', float('alpha', 0.5)),
      node('Sigmoid', 'elu', 'p'),
      node('Identity', 'p', 'out'),
    ],
    activation: 'sigmoid',
    value: 'elu:NCHW',
  },
};

for (const [name, { behind, activation, value }] of Object.entries(cases)) {
  test(`ONNX, scores per class and cell: ${name}`, async () => {
    const output = behind.length > 0 ? 'out' : 'scores';
    const proto = dense(behind, [output]);
    const model = await openModel(sourceOf(proto));
    assert.deepEqual([model.classes, model.activation, model.dense], [5, activation, { value, height: 6, width: 8 }]);
    assert.deepEqual([model.outputs, model.output], [[output], output]);
    const results = await runGraph(model.graph, [...model.graph.outputs, value], { x });
    const original = await runOriginal(proto, [output, 'scores'], { x });
    if (value === 'scores') {
      closeTo(results[value] as Float32Array, original.scores as Float32Array, 1e-5, 'scores');
      // A layer that a map can be drawn at: on the way to the logits.
      assert.ok(model.layers.some((l) => l.value === 'scores'));
    }
    closeTo(results[model.logits] as Float32Array, means(results[value] as Float32Array, 2, 5), 1e-5, 'logits');
    if (activation !== 'none')
      closeTo(results[model.graph.outputs[1] as string] as Float32Array, original[output] as Float32Array, 1e-5, 'output');
  });
}

test('one channel: a mask, or a map of depth; also where the channel was squeezed away', async () => {
  const base = dense();
  const alone = { w2: weight('w2', [1, 4, 1, 1]), b2: weight('b2', [1]) } as Record<string, ReturnType<typeof weight>>;
  const initializers = [
    ...base.graph.initializers.map((t) => alone[t.name] ?? t),
    ...[1, 2, 3].map((axis) => integers(`axis${axis}`, [axis])),
  ];
  const nodes = [
    ...base.graph.nodes,
    node('Sigmoid', 'scores', 'mask'),
    node('Squeeze', 'mask axis1', 'squeezed'),
    node('Transpose', 'mask', 'last', turn),
    node('Squeeze', 'last axis3', 'lastSqueezed'),
    node('Squeeze', 'scores axis1', 'depth'),
    node('AveragePool', 'scores', 'row', ints('kernel_shape', [6, 1])),
    node('Squeeze', 'row axis2', 'rowSqueezed'),
    node('Concat', 'depth depth', 'rows', int('axis', 1)),
  ];
  const open = async (name: string) =>
    await openModel(sourceOf({ ...base, graph: { ...base.graph, nodes, initializers, outputs: [{ name, elemType: 1 }] } }));
  for (const [name, activation] of Object.entries({
    mask: 'sigmoid',
    scores: 'none',
    squeezed: 'sigmoid',
    lastSqueezed: 'sigmoid',
    depth: 'none',
  })) {
    const model = await open(name);
    assert.deepEqual([model.classes, model.activation, model.dense], [1, activation, { value: 'scores', height: 6, width: 8 }], name);
    assert.equal(model.output, name);
  }
  assert.equal((await open('rowSqueezed')).dense, undefined, 'a row of numbers');
  await assert.rejects(open('rows'), { code: 'unsupported', message: /its outputs are 'rows' \[1,12,8\]/ });
});

test('scores of one cell are those of a classifier', async () => {
  const model = await openModel(sourceOf(dense([node('GlobalMaxPool', 'scores', 'out')], ['out'])));
  assert.deepEqual([model.dense, model.classes, model.graph.types.get(model.logits)?.shape], [undefined, 5, ['N', 5]]);
});

const headed = (outputs: string[]) => {
  const { nodes } = classifier().graph;
  const more = [
    node('Softmax', 'logits', 'p', int('axis', 1)),
    node('Gemm', 'flat w3', 'age'),
    node('ArgMax', 'logits', 'label', int('axis', 1)),
  ];
  const { initializers } = classifier().graph;
  return classifier({ nodes: [...nodes, ...more], initializers: [...initializers, weight('w3', [4, 1])], outputs });
};
const wanting = (source: ModelSource, output: string): ModelSource => ({ ...source, output });

test('ONNX: an output chosen by name; by default the first with one score per class, else the first dense one', async () => {
  const all = ['relu', 'label', 'p', 'age', 'logits'];
  const source = sourceOf(headed(all));
  const usual = await openModel(source);
  assert.deepEqual(usual.outputs, ['relu', 'p', 'age', 'logits']);
  assert.deepEqual([usual.output, usual.activation, usual.classes], ['p', 'softmax', 5]);
  const age = await openModel(wanting(source, 'age'));
  assert.deepEqual([age.output, age.logits, age.activation, age.classes, age.outputs], ['age', 'age', 'none', 1, usual.outputs]);
  assert.ok(!age.graph.types.has('logits'), 'what only other outputs need is left out');
  const features = await openModel(wanting(source, 'relu'));
  assert.deepEqual([features.output, features.classes, features.dense?.value], ['relu', 4, 'relu']);
  assert.equal((await openModel(sourceOf(headed(['label', 'relu', 'conv'])))).output, 'relu');
  assert.equal(new Set([usual.hash, age.hash, features.hash]).size, 3, 'one file, three models');
});

test('ONNX: an output that is not there, or no scores, or not supported', async () => {
  const error = (message: RegExp, hint: RegExp, where = /.*/) => ({
    name: 'ModelError',
    code: 'input',
    message,
    hint,
    where,
    file: 'folder/model.onnx',
  });
  const source = sourceOf(headed(['label', 'p', 'age']));
  const list = /its outputs are 'label' \(no tensor of floats\), 'p' \[N,5\], 'age' \[N,1\]\.$/;
  await assert.rejects(
    openModel(wanting(source, 'gender')),
    error(/^The model has no output 'gender'/, /Correct "output" in the sidecar/, /gender/),
  );
  await assert.rejects(openModel(wanting(source, 'gender')), error(list, /leave it out/));
  await assert.rejects(openModel(wanting(source, 'label')), error(/^The output 'label' has no scores per class/, /sidecar/, /label/));
  const { nodes } = classifier().graph;
  const boxes = sourceOf(classifier({ nodes: [...nodes, node('NonMaxSuppression', 'relu', 'boxes')], outputs: ['boxes', 'logits'] }));
  assert.equal((await openModel(wanting(boxes, 'logits'))).output, 'logits', 'what only another output needs is no matter');
  await assert.rejects(openModel(wanting(boxes, 'boxes')), {
    code: 'unsupported',
    message: /NonMaxSuppression 'n_boxes' is not supported/,
  });
});

/** image → Conv2D 'conv' → 1×1 Conv2D 'pixels' (3 classes); a case says the rest. */
function kerasDense(head: { activation?: string; last?: ReturnType<typeof layer> }): ReturnType<typeof modelFiles> {
  const layers = [
    input([8, 10, 3]),
    layer('Conv2D', 'conv', { filters: 4, kernel_size: [3, 3], activation: 'relu' }, ['image']),
    layer('Conv2D', 'pixels', { filters: 3, kernel_size: [1, 1], activation: head.activation ?? 'linear' }, ['conv']),
    ...(head.last ? [head.last] : []),
  ];
  return modelFiles({ topology: functional(layers), weights: kerasWeights });
}
const kerasWeights: TestWeight[] = [
  { name: 'conv/kernel', shape: [3, 3, 3, 4], values: noise(108, 3) },
  { name: 'conv/bias', shape: [4] },
  { name: 'pixels/kernel', shape: [1, 1, 4, 3], values: noise(12, 4) },
  { name: 'pixels/bias', shape: [3] },
];

const heads: Readonly<Record<string, [Parameters<typeof kerasDense>[0], Model['activation'], string]>> = {
  linear: [{}, 'none', 'pixels'],
  'softmax of the layer itself': [{ activation: 'softmax' }, 'softmax', 'pixels'],
  'sigmoid of the layer itself': [{ activation: 'sigmoid' }, 'sigmoid', 'pixels'],
  'a layer of its own': [{ last: layer('Activation', 'p', { activation: 'softmax' }, ['pixels']) }, 'softmax', 'p'],
  'a Softmax layer over the columns': [{ last: layer('Softmax', 'p', { axis: 2 }, ['pixels']) }, 'none', 'p'],
};
for (const [name, [head, activation, output]] of Object.entries(heads)) {
  test(`Keras, scores per class and cell: ${name}`, async () => {
    const model = await openModel(memorySource(kerasDense(head)));
    assert.deepEqual([model.classes, model.activation, model.output, model.outputs], [3, activation, output, [output]]);
    assert.deepEqual([model.dense?.height, model.dense?.width], [6, 8]);
    const value = model.dense?.value as string;
    const feeds = { [model.input.value]: float32([2, 3, 8, 10], noise(480, 5)) };
    const results = await runGraph(model.graph, [value, model.logits], feeds);
    closeTo(results[model.logits] as Float32Array, means(results[value] as Float32Array, 2, 3), 1e-5, 'logits');
    if (activation === 'none') return;
    // Behind it the activation alone: what is left out is what the file puts out.
    const last = model.graph.outputs[1] as string;
    const maker = model.graph.nodes.find((n) => n.outputs.includes(last));
    assert.deepEqual([maker?.op, maker?.inputs[0]], [activation === 'softmax' ? 'Softmax' : 'Sigmoid', value]);
  });
}

const twoHeads = functional(
  [
    input(),
    layer('Conv2D', 'map', { filters: 4, kernel_size: [3, 3] }, ['image']),
    layer('GlobalAveragePooling2D', 'gap', {}, ['map']),
    layer('Dense', 'kind', { units: 5, activation: 'softmax' }, ['gap']),
    layer('Dense', 'age', { units: 1 }, ['gap']),
  ],
  { output_layers: ['map', 'kind', 'age'].map((name) => [name, 0, 0]) },
);
const twoHeadsFiles = modelFiles({
  topology: twoHeads,
  weights: [
    { name: 'map/kernel', shape: [3, 3, 3, 4] },
    { name: 'map/bias', shape: [4] },
    { name: 'kind/kernel', shape: [4, 5] },
    { name: 'kind/bias', shape: [5] },
    { name: 'age/kernel', shape: [4, 1] },
    { name: 'age/bias', shape: [1] },
  ],
});

test('Keras: an output chosen by name; by default the first with one score per class', async () => {
  const source = memorySource(twoHeadsFiles);
  const usual = await openModel(source);
  assert.deepEqual([usual.output, usual.classes, usual.activation, usual.outputs], ['kind', 5, 'softmax', ['map', 'kind', 'age']]);
  const age = await openModel(wanting(source, 'age'));
  assert.deepEqual([age.output, age.classes, age.activation, age.dense], ['age', 1, 'none', undefined]);
  const map = await openModel(wanting(source, 'map'));
  assert.deepEqual([map.output, map.classes, map.dense?.value], ['map', 4, 'map']);
  assert.equal(new Set([usual.hash, age.hash, map.hash]).size, 3);
  await assert.rejects(openModel(wanting(source, 'conv')), {
    code: 'input',
    message: "The model has no output 'conv'; its outputs are 'map' [N,4,6,6], 'kind' [N,5], 'age' [N,1].",
    where: 'conv',
  });
});
