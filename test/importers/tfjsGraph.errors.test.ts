// What is wrong with a TF.js graph model is said in a sentence: these pin the sentences, and try to break the reader.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openModel } from '../../src/importers/index.ts';
import type { Json, JsonObject } from '../../src/importers/keras/json.ts';
import { type ErrorCode, ModelError } from '../../src/shared/errors.ts';
import { refusalsOfDamage } from '../support/damage.ts';
import { edit, type Files, memorySource, modelFiles, type TestWeight } from '../support/tfjsModels.ts';

const attr = (values: Record<string, Json>) => values as JsonObject;
const text = (s: string) => ({ s: Buffer.from(s).toString('base64') });
const node = (op: string, name: string, input: readonly string[] = [], values: Record<string, Json> = {}): JsonObject => ({
  name,
  op,
  input: [...input],
  attr: attr({ T: { type: 'DT_FLOAT' }, ...values }),
});
const constant = (name: string, dtype = 'DT_FLOAT') => node('Const', name, [], { dtype: { type: dtype } });
const placeholder = (sizes: readonly number[]) =>
  node('Placeholder', 'image', [], {
    dtype: { type: 'DT_FLOAT' },
    shape: { shape: { dim: sizes.map((size) => ({ size: String(size) })) } },
  });

const weights: readonly TestWeight[] = [
  { name: 'filter', shape: [3, 3, 3, 4] },
  { name: 'bias', shape: [4] },
  { name: 'axes', shape: [2], dtype: 'int32', bytes: new Uint8Array(Int32Array.of(1, 2).buffer) },
];

const strides: JsonObject = { list: { i: ['1', '1', '1', '1'] } };
const nodes: readonly JsonObject[] = [
  placeholder([-1, 8, 8, 3]),
  constant('filter'),
  constant('bias'),
  constant('axes', 'DT_INT32'),
  node('Conv2D', 'conv', ['image', 'filter'], { strides, padding: text('SAME'), data_format: text('NHWC') }),
  node('BiasAdd', 'biased', ['conv', 'bias'], { data_format: text('NHWC') }),
  node('Relu', 'relu', ['biased']),
  node('Mean', 'mean', ['relu', 'axes'], { keep_dims: { b: false } }),
  node('Softmax', 'probabilities', ['mean']),
];

/** A convolution, its bias, a mean: with some nodes changed. */
function graphModel(change: (nodes: JsonObject[]) => readonly JsonObject[] = (all) => all, stored = weights): Files {
  return modelFiles({ topology: { node: [...change(nodes.map((n) => structuredClone(n)))], versions: {} }, weights: stored });
}

const without = (name: string) => (all: JsonObject[]) => all.filter((n) => n.name !== name);
const changed = (name: string, values: JsonObject) => (all: JsonObject[]) => all.map((n) => (n.name === name ? { ...n, ...values } : n));

async function refused(files: Files, code: ErrorCode, message: string): Promise<ModelError> {
  const error = await openModel(memorySource(files)).then(
    () => undefined,
    (e: unknown) => e,
  );
  assert.ok(error instanceof ModelError, `a ModelError, not ${error}`);
  assert.equal(error.message, message);
  assert.equal(error.code, code);
  assert.equal(error.file, 'model.json');
  assert.ok(error.hint, 'says what to do next');
  return error;
}

test('the small graph opens: one convolution with its bias', async () => {
  const model = await openModel(memorySource(graphModel()));
  assert.deepEqual(
    [model.format, model.classes, model.activation, model.layers.map((l) => `${l.kind} ${l.name}`)],
    ['tfjs-graph', 4, 'softmax', ['Conv2D conv', 'Relu relu', 'Mean mean', 'Softmax probabilities']],
  );
  assert.deepEqual([model.layers[0]?.aliases, model.layers[0]?.parameters], [['biased'], 112]);
});

const cases: Readonly<Record<string, [Files, ErrorCode, string]>> = {
  'weights that are not there': [
    graphModel(undefined, weights.slice(1)),
    'weights',
    "The weights of 'filter' are not in the weightsManifest.",
  ],
  'a node that reads what is not there': [
    graphModel(without('biased')),
    'file-corrupt',
    "Node 'relu' reads 'biased', which nothing in the file makes.",
  ],
  'nodes in a circle': [
    graphModel(changed('conv', { input: ['relu', 'filter'] })),
    'file-corrupt',
    "Nodes feed each other in a circle at 'conv'.",
  ],
  'an operator that is not supported': [
    graphModel(changed('relu', { op: 'CudnnRNN' })),
    'unsupported',
    "CudnnRNN 'relu' is not supported.",
  ],
  'a filter that is computed': [
    graphModel(changed('conv', { input: ['image', 'image'] })),
    'unsupported',
    "Conv2D 'conv' has a filter that is computed from the image.",
  ],
  'a filter for another number of channels': [
    graphModel(undefined, [{ name: 'filter', shape: [3, 3, 5, 4] }, ...weights.slice(1)]),
    'file-corrupt',
    "Conv2D 'conv' has a filter of shape [3,3,5,4] for 3 channels.",
  ],
  'NaN in a weight': [
    graphModel(undefined, [
      weights[0] as TestWeight,
      { name: 'bias', shape: [4], values: [0, 1, Number.NaN, 2] },
      weights[2] as TestWeight,
    ]),
    'weights',
    "The weight 'bias' holds NaN (first at element 2 of 4).",
  ],
  'functions (control flow)': [
    edit(graphModel(), (json) => {
      (json.modelTopology as { [key: string]: Json }).library = { function: [{ signature: { name: 'body' } }] };
    }),
    'unsupported',
    'The graph model calls functions (control flow), which is not supported.',
  ],
  'a node that is none': [
    graphModel((all) => [...all, 'node' as never]),
    'file-corrupt',
    'Node 9 of the model.json is "node", expected {name, op, input, attr}.',
  ],
  'an output number beyond reason': [
    graphModel(changed('relu', { input: ['biased:99999999'] })),
    'file-corrupt',
    "A node of the model.json reads 'biased:99999999', which is no output.",
  ],
  'statistics of the batch': [
    graphModel(changed('relu', { op: 'FusedBatchNormV3', input: ['biased', 'bias', 'bias', 'bias', 'bias'] })),
    'unsupported',
    "FusedBatchNormV3 'relu' is in training mode (statistics of the batch); save the model for inference.",
  ],
  'an open image size': [
    graphModel((all) => [placeholder([-1, -1, -1, 3]), ...all.slice(1)]),
    'input',
    "The model leaves the image size open: its input 'image' is float32 [N,?,?,3].",
  ],
};

for (const [what, [files, code, message]] of Object.entries(cases)) {
  test(`${what}: a clear error`, () => refused(files, code, message).then(() => undefined));
}

test('damaged graph models are imported or refused with a ModelError, whatever the damage', async () => {
  const refusals = await refusalsOfDamage(graphModel(), 11);
  assert.ok(refusals > 100, `most damage is noticed (${refusals} of 600)`);
});

test('a graph model cut off anywhere is refused', async () => {
  const { 'model.json': whole = new Uint8Array(), ...shards } = graphModel();
  for (let end = 0; end < whole.length; end += 37) {
    await assert.rejects(openModel(memorySource({ 'model.json': whole.subarray(0, end), ...shards })), ModelError, `${end} bytes`);
  }
});
