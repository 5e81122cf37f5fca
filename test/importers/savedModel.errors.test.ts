// TensorFlow files that are wrong, or not for Glassbox: one clear error each, its text pinned.
import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { maskedCrc32c } from '../../src/formats/crc32c.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { ModelSource } from '../../src/importers/model.ts';
import { readTfGraph } from '../../src/importers/savedmodel/index.ts';
import { type ErrorCode, ModelError } from '../../src/shared/errors.ts';
import { type Files, filesOf, sourceOf } from '../support/savedModels.ts';
import {
  block,
  bundleIndex,
  DT,
  type Entry,
  type Fn,
  graphDef,
  handle,
  type MetaGraph,
  type Node,
  savedModel,
  table,
  tensorProto,
} from '../support/tensorflowFiles.ts';

async function refused(source: ModelSource, code: ErrorCode, message: string, hint = /./): Promise<void> {
  const caught = await openModel(source).then(
    () => assert.fail('it opens'),
    (error) => error,
  );
  assert.ok(caught instanceof ModelError, String(caught?.stack));
  assert.equal(caught.message, message);
  assert.equal(caught.code, code);
  assert.equal(caught.file, source.file);
  assert.match(caught.hint ?? '', hint);
}

const x: Node = { name: 'x', op: 'Placeholder', attrs: { dtype: { type: DT.FLOAT }, shape: { shape: [-1, 4, 4, 3] } } };
const image = { tensor: 'x:0', shape: [-1, 4, 4, 3] };
const serving = (outputs: Record<string, string>): MetaGraph['signatures'] => ({
  serving_default: { inputs: { image }, outputs: Object.fromEntries(Object.entries(outputs).map(([k, tensor]) => [k, { tensor }])) },
});
const saved = (nodes: readonly Node[], output: string, functions: readonly Fn[] = [], others: Files = {}): ModelSource =>
  sourceOf({ 'saved_model.pb': savedModel({ nodes: [x, ...nodes], functions, signatures: serving({ y: output }) }), ...others });
const frozen = (...nodes: readonly Node[]): ModelSource => sourceOf({ 'frozen.pb': graphDef(nodes).finish() });
const call = (name: string, f: string, inputs: string): Node => ({ name, op: 'PartitionedCall', inputs, attrs: { f: { f } } });

// ------------------------------------------------------------ what it is

test('a checkpoint instead of a SavedModel', () =>
  refused(
    sourceOf({ 'model.ckpt.index': bundleIndex([]) }, 'model.ckpt.index'),
    'format-unknown',
    'The file is the index of a TensorFlow checkpoint: weights without the network.',
    /saved_model\.pb/,
  ));
test("the note beside a checkpoint's files", () =>
  refused(
    sourceOf({ checkpoint: new Uint8Array(Buffer.from('model_checkpoint_path: "model.ckpt-7"\n')) }, 'checkpoint'),
    'format-unknown',
    'The file is a note about TensorFlow checkpoints: weights without the network.',
    /saved_model\.pb/,
  ));
test('a graph as text', () =>
  refused(
    sourceOf({ 'graph.pbtxt': new Uint8Array(Buffer.from('node {\n  name: "x"\n  op: "Placeholder"\n}\n')) }, 'graph.pbtxt'),
    'format-unknown',
    'The file is a TensorFlow graph written as text (.pbtxt).',
    /binary/,
  ));

// ------------------------------------------------------------ meta graphs and signatures

test('no graph', () =>
  refused(
    sourceOf({ 'saved_model.pb': Uint8Array.of(8, 1, 18, 2, 10, 0).subarray(0, 6) }),
    'unsupported',
    'The SavedModel has no signature: it does not say where its inputs and outputs are.',
    /model\.export\(folder\)/,
  ));
test('no signature but that of the initialisation', () =>
  refused(
    sourceOf({
      'saved_model.pb': savedModel({
        nodes: [x],
        signatures: { __saved_model_init_op: { inputs: {}, outputs: { init: { tensor: 'x' } } } },
      }),
    }),
    'unsupported',
    'The SavedModel has no signature: it does not say where its inputs and outputs are.',
    /signatures=/,
  ));
test('several signatures, none with an image', () =>
  refused(
    sourceOf({
      'saved_model.pb': savedModel({
        nodes: [x],
        signatures: {
          serving_default: { inputs: { examples: { tensor: 'x:0', type: DT.STRING, shape: [-1] } }, outputs: { y: { tensor: 'x:0' } } },
          rows: { inputs: { row: { tensor: 'x:0', shape: [-1, 16] } }, outputs: { y: { tensor: 'x:0' } } },
        },
      }),
    }),
    'input',
    "None of the 2 signatures of the SavedModel takes an image: 'serving_default' takes 'examples' DT_STRING [-1]; 'rows' takes 'row' DT_FLOAT [-1,16].",
    /signature that takes one batch of images/,
  ));
test('the signature that takes an image is chosen, of the graph that is served', async () => {
  const relu: Node = { name: 'relu', op: 'Relu', inputs: 'x' };
  const rows = { inputs: { row: { tensor: 'x:0', shape: [-1, 16] } }, outputs: { y: { tensor: 'x:0' } } };
  const file = savedModel(
    { tags: ['train'], nodes: [], signatures: serving({ y: 'nothing:0' }) },
    { tags: ['serve', 'gpu'], nodes: [], signatures: serving({ y: 'nothing:0' }) },
    { nodes: [x, relu], signatures: { rows, other: { inputs: { image }, outputs: { out: { tensor: 'relu:0' } } } } },
  );
  const graph = await readTfGraph(sourceOf({ 'saved_model.pb': file }));
  assert.deepEqual(graph.outputs, [{ name: 'out', tensor: 'relu' }]);
  assert.deepEqual(
    graph.nodes.map((n) => n.name),
    ['relu'],
  );
});
test('an input that the signature lacks', () =>
  refused(
    saved(
      [
        { name: 'rate', op: 'Placeholder', attrs: { dtype: { type: DT.FLOAT } } },
        { name: 'y', op: 'Mul', inputs: 'x rate' },
      ],
      'y:0',
    ),
    'input',
    "The placeholder 'rate' is not among the inputs of the signature, and has no default.",
    /only input/,
  ));

// ------------------------------------------------------------ graphs

test('a frozen graph without placeholder', () =>
  refused(
    frozen({ name: 'a', op: 'Const', attrs: { value: { tensor: tensorProto(DT.FLOAT, [], [1]) } } }),
    'input',
    'The graph has no placeholder: nothing says where the image goes in.',
    /Freeze the graph for inference/,
  ));
test('a graph that is not frozen', () =>
  refused(
    frozen(x, { name: 'w', op: 'VariableV2', attrs: { dtype: { type: DT.FLOAT } } }, { name: 'y', op: 'Mul', inputs: 'x w' }),
    'unsupported',
    "The graph has variables ('w') whose values it does not hold.",
    /Freeze the graph/,
  ));
test('a node that reads what is not there', () =>
  refused(saved([{ name: 'y', op: 'Relu', inputs: 'z:0' }], 'y:0'), 'file-corrupt', "'y' reads 'z:0', which is not there."));
test('an output that is not there', () =>
  refused(saved([], 'logits:0'), 'file-corrupt', "'output 'y'' reads 'logits:0', which is not there."));
test('nodes in a circle', () =>
  refused(
    saved(
      [
        { name: 'a', op: 'Add', inputs: 'x c' },
        { name: 'b', op: 'Relu', inputs: 'a' },
        { name: 'c', op: 'Relu', inputs: 'b' },
      ],
      'c:0',
    ),
    'file-corrupt',
    "Relu 'c' depends on itself.",
  ));
test('a circle of a hundred thousand nodes', () => {
  const nodes = Array.from({ length: 100_000 }, (_, i) => ({ name: `n${i}`, op: 'Identity', inputs: `n${(i + 1) % 100_000}` }));
  return refused(saved(nodes, 'n0:0'), 'file-corrupt', "Identity 'n0' depends on itself.");
});
test('more nodes than a network has', () => {
  const nodes = Array.from({ length: 2 ** 17 }, (_, i) => ({ name: `n${i}`, op: 'Relu', inputs: i === 0 ? 'x' : `n${i - 1}` }));
  return refused(saved(nodes, `n${2 ** 17 - 1}:0`), 'unsupported', 'With its functions written out, the graph has more than 131072 nodes.');
});
test('more inputs than a network has', () => {
  const wide: Node = { name: 'wide', op: 'AddN', inputs: Array.from({ length: 20_000 }, () => 'a').join(' ') };
  const f: Fn = { name: 'f', args: 'a', returns: 'r=wide:sum:0', nodes: [wide] };
  const nodes = Array.from({ length: 200 }, (_, i) => call(`n${i}`, 'f', i === 0 ? 'x' : `n${i - 1}`));
  return refused(
    saved(nodes, 'n199:0', [f]),
    'unsupported',
    'With its functions written out, the graph has more than 2097152 inputs of nodes.',
  );
});
test('a million empty nodes', () => {
  const head = graphDef([x]).finish();
  const bytes = new Uint8Array(head.length + 2 ** 21 + 2);
  for (let at = head.length; at < bytes.length; at += 2) bytes[at] = 0x0a;
  bytes.set(head);
  const at = head.length + 2 ** 21;
  return refused(
    sourceOf({ 'frozen.pb': bytes }),
    'file-corrupt',
    `The file is damaged or truncated at byte ${at - 1}: more than 1048576 nodes.`,
  );
});
test('a hundred graphs', () => {
  const bytes = savedModel(...Array.from({ length: 100 }, () => ({ nodes: [], signatures: {} })));
  return refused(
    sourceOf({ 'saved_model.pb': bytes }),
    'file-corrupt',
    'The file is damaged or truncated at byte 835: more than 64 graphs.',
  );
});
test('every operator that is not supported, at once', () =>
  refused(
    saved(
      [
        { name: 'a', op: 'Betainc', inputs: 'x' },
        { name: 'b', op: 'Where', inputs: 'x' },
        { name: 'y', op: 'Add', inputs: 'a b' },
      ],
      'y:0',
    ),
    'unsupported',
    "2 nodes cannot be imported: Betainc 'a' is not supported; Where 'b' is not supported.",
  ));
const loop: Node[] = [
  { name: 'enter', op: 'Enter', inputs: 'x' },
  { name: 'merge', op: 'Merge', inputs: 'enter next' },
  { name: 'next', op: 'NextIteration', inputs: 'merge' },
  { name: 'exit', op: 'Exit', inputs: 'merge' },
];
test('a loop of TensorFlow 1', () => refused(saved(loop, 'exit:0'), 'unsupported', "Exit of a loop 'exit' is not supported."));
test('a loop on the way to another output', async () => {
  const nodes = [x, ...loop, { name: 'relu', op: 'Relu', inputs: 'x' }];
  const signatures = serving({ looped: 'exit:0', map: 'relu:0' });
  const model = await openModel({ ...sourceOf({ 'saved_model.pb': savedModel({ nodes, signatures }) }), output: 'map' });
  assert.deepEqual(model.outputs, ['map']);
});
test('a condition that depends on the image', () =>
  refused(
    saved(
      [
        { name: 'all', op: 'Frobnicate', inputs: 'x' },
        { name: 'switch', op: 'Switch', inputs: 'x all' },
        { name: 'y', op: 'Merge', inputs: 'switch:0 switch:1' },
      ],
      'y:0',
    ),
    'unsupported',
    "Frobnicate 'all' is not supported.",
  ));
test('an output in a branch that is never taken', () => {
  const phase: Node = { name: 'keras_learning_phase', op: 'Placeholder', attrs: { dtype: { type: DT.BOOL } } };
  return refused(
    saved([phase, { name: 'switch', op: 'Switch', inputs: 'x keras_learning_phase' }], 'switch:1'),
    'unsupported',
    "The output 'y' is in a branch that is only taken in training.",
  );
});
test('a variable that is changed before it is read', () => {
  const f: Fn = {
    name: 'f',
    args: 'a v',
    returns: 'r=sum:z:0',
    nodes: [
      { name: 'count', op: 'AssignAddVariableOp', inputs: 'v a' },
      { name: 'read', op: 'ReadVariableOp', inputs: 'v ^count' },
      { name: 'sum', op: 'AddV2', inputs: 'a read:value:0' },
    ],
  };
  return refused(
    saved([{ name: 'v', op: 'VarHandleOp' }, call('call', 'f', 'x v')], 'call:0', [f]),
    'unsupported',
    "AssignAddVariableOp 'call/count' changes a variable that is then read.",
  );
});

// ------------------------------------------------------------ functions

test('a function that is not there', () =>
  refused(saved([call('call', 'f', 'x')], 'call:0'), 'file-corrupt', "Node 'call' calls the function 'f', which the file does not have."));
test('a function that calls itself', () =>
  refused(
    saved([call('call', 'f', 'x')], 'call:0', [{ name: 'f', args: 'a', returns: 'r=again:output:0', nodes: [call('again', 'f', 'a')] }]),
    'unsupported',
    "The function 'f' calls itself.",
  ));
test('functions that call each other', () =>
  refused(
    saved([call('call', 'f', 'x')], 'call:0', [
      { name: 'f', args: 'a', returns: 'r=g:output:0', nodes: [call('g', 'g', 'a')] },
      { name: 'g', args: 'a', returns: 'r=f:output:0', nodes: [call('f', 'f', 'a')] },
    ]),
    'unsupported',
    "The function 'f' calls itself.",
  ));
const chain = (length: number, nodes: (i: number) => Fn['nodes'], returns: string): Fn[] =>
  Array.from({ length }, (_, i) => ({ name: `f${i}`, args: 'a', returns, nodes: nodes(i) }));
test('functions that call each other too deep', () =>
  refused(
    saved([call('call', 'f99', 'x')], 'call:0', [
      ...chain(100, (i) => (i === 0 ? [{ name: 'next', op: 'Relu', inputs: 'a' }] : [call('next', `f${i - 1}`, 'a')]), 'r=next:output:0'),
    ]),
    'unsupported',
    'Functions call each other more than 64 deep.',
  ));
test('functions that each call the one before twice', () => {
  const twice = chain(
    40,
    (i) =>
      i === 0
        ? [{ name: 'b', op: 'Relu', inputs: 'a' }]
        : [
            call('one', `f${i - 1}`, 'a'),
            { name: 'between', op: 'Relu', inputs: 'one:output:0' },
            call('b', `f${i - 1}`, 'between:activations:0'),
          ],
    'r=b:output:0',
  );
  return refused(
    saved([call('call', 'f39', 'x')], 'call:0', twice),
    'unsupported',
    'With its functions written out, the graph has more than 131072 nodes.',
  );
});
test('a call with too few arguments', () =>
  refused(
    saved([call('call', 'f', 'x')], 'call:0', [{ name: 'f', args: 'a b', returns: 'r=b', nodes: [] }]),
    'file-corrupt',
    "Node 'call' gives 1 arguments to a function with 2.",
  ));
test('a call of a result that is not there', () =>
  refused(
    saved([call('call', 'f', 'x')], 'call:3', [{ name: 'f', args: 'a', returns: 'r=a', nodes: [] }]),
    'file-corrupt',
    "'call' has no output 3.",
  ));
test('a function that only gives its argument back is nothing', async () => {
  const source = saved([call('call', 'f', 'x'), { name: 'y', op: 'Relu', inputs: 'call' }], 'y:0', [
    { name: 'f', args: 'a', returns: 'r=a', nodes: [] },
  ]);
  const graph = await readTfGraph(source);
  assert.deepEqual(
    graph.nodes.map(({ name, inputs }) => [name, inputs]),
    [['y', ['x']]],
  );
});
test('functions and nodes of TensorFlow 1 that are called by the name of the function', async () => {
  const source = saved([{ name: 'call', op: 'my_relu_abc', inputs: 'x' }], 'call:0', [
    { name: 'my_relu_abc', args: 'a', returns: 'r=relu:activations:0', nodes: [{ name: 'relu', op: 'Relu', inputs: 'a' }] },
  ]);
  const graph = await readTfGraph(source);
  assert.deepEqual(
    graph.nodes.map(({ name, place }) => [name, place]),
    [['call/relu', "node 'call/relu'"]],
  );
});
test('names that calls would share are told apart by their paths', async () => {
  const f: Fn = { name: 'f', args: 'a', returns: 'r=relu:activations:0', nodes: [{ name: 'relu', op: 'Relu', inputs: 'a' }] };
  const nodes = [call('PartitionedCall', 'f', 'x'), call('PartitionedCall_1', 'f', 'PartitionedCall')];
  const graph = await readTfGraph(saved(nodes, 'PartitionedCall_1:0', [f]));
  assert.deepEqual(
    graph.nodes.map((n) => n.name),
    ['relu', 'PartitionedCall_1/relu'],
  );
});

// ------------------------------------------------------------ constants

const plus = (tensor: ReturnType<typeof tensorProto>) =>
  saved(
    [
      { name: 'c', op: 'Const', attrs: { dtype: { type: DT.FLOAT }, value: { tensor } } },
      { name: 'y', op: 'AddV2', inputs: 'x c' },
    ],
    'y:0',
  );
test('a constant with more values than its shape holds', () =>
  refused(plus(tensorProto(DT.FLOAT, [2], [1, 2, 3])), 'file-corrupt', "Constant 'c' has 3 values, its shape [2] needs 2."));
test('a constant of a negative size', () =>
  refused(plus(tensorProto(DT.FLOAT, [-2], [1])), 'file-corrupt', "Constant 'c' has an impossible shape: [-2]."));
test('a constant of an absurd size', () =>
  refused(
    plus(tensorProto(DT.FLOAT, [2 ** 40, 2 ** 40], [1])),
    'file-corrupt',
    "Constant 'c' has an impossible shape: [1099511627776,1099511627776].",
  ));
test('one value that stands for more than the memory holds', () =>
  refused(
    plus(tensorProto(DT.FLOAT, [2 ** 29], [1])),
    'file-too-large',
    "'c' has 536870912 elements of float32; at most 268435456 are read.",
  ));
test('values that together stand for more than the memory holds', () => {
  const parts = [0, 1, 2, 3, 4].map(
    (i): Node => ({ name: `c${i}`, op: 'Const', attrs: { value: { tensor: tensorProto(DT.FLOAT, [2 ** 26], [1]) } } }),
  );
  return refused(
    saved([...parts, { name: 'y', op: 'AddN', inputs: 'x c0 c1 c2 c3 c4' }], 'y:0'),
    'file-too-large',
    "Constant 'c4' has 67108864 elements, which with the others are too many.",
  );
});
test('text in the network', () => refused(plus(tensorProto(DT.STRING, [])), 'unsupported', "Const of DT_FLOAT 'c' is not supported."));
test('one value stands for all, none for zeros', async () => {
  const of = async (values: number[]) => (await readTfGraph(plus(tensorProto(DT.FLOAT, [2, 2], values)))).constants.get('c')?.read();
  assert.deepEqual(await of([3]), Float32Array.of(3, 3, 3, 3));
  assert.deepEqual(await of([3, 4]), Float32Array.of(3, 4, 4, 4));
  assert.deepEqual(await of([]), new Float32Array(4));
});

// ------------------------------------------------------------ variables

const data = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
const entry: Entry = { key: 'w', shape: [3], size: 12, crc: maskedCrc32c(data) };
const w: Node = { name: 'w', op: 'VarHandleOp', attrs: { dtype: { type: DT.FLOAT }, shape: { shape: [3] }, shared_name: { s: 'w' } } };
const nodes = [w, { name: 'read', op: 'ReadVariableOp', inputs: 'w' }, { name: 'y', op: 'AddV2', inputs: 'x read' }];
const INDEX = 'variables/variables.index';
const SHARD = 'variables/variables.data-00000-of-00001';
const stored = (index: Uint8Array | undefined, shard: Uint8Array | undefined = data): ModelSource =>
  saved(nodes, 'y:0', [], { ...(index && { [INDEX]: index }), ...(shard && { [SHARD]: shard }) });

test('a variable is found under its name where nothing says how to restore it', async () => {
  const graph = await readTfGraph(stored(bundleIndex([entry])));
  assert.deepEqual(graph.constants.get('w')?.read(), Float32Array.of(1, 2, 3));
});
test('no index', () =>
  refused(
    stored(undefined),
    'file-missing',
    "'variables/variables.index' with the model's weights is missing; it is expected beside saved_model.pb.",
    /whole folder/,
  ));
test('no data', () =>
  refused(
    saved(nodes, 'y:0', [], { [INDEX]: bundleIndex([entry]) }),
    'file-missing',
    "'variables/variables.data-00000-of-00001' with the model's weights is missing; it is expected beside saved_model.pb.",
    /whole folder/,
  ));
for (const [what, index, message] of [
  ['of another model', bundleIndex([{ ...entry, key: 'v' }]), "The value of variable 'w' ('w') is not in 'variables/variables.index'."],
  [
    'of another shape',
    bundleIndex([{ ...entry, shape: [4] }]),
    "Variable 'w' is DT_FLOAT [3] in the graph, its stored value is DT_FLOAT [4].",
  ],
  [
    'of another type',
    bundleIndex([{ ...entry, type: DT.INT32 }]),
    "Variable 'w' is DT_FLOAT [3] in the graph, its stored value is DT_INT32 [3].",
  ],
  ['in a data file that there is not', bundleIndex([{ ...entry, shard: 1 }]), "Variable 'w' is in data file 1 of 1."],
  ['in a data file before the first', bundleIndex([{ ...entry, shard: -1 }]), "Variable 'w' is in data file -1 of 1."],
  [
    'behind the end of the data',
    bundleIndex([{ ...entry, offset: 4 }]),
    "Variable 'w' needs bytes 4 to 16 of 'variables/variables.data-00000-of-00001', which ends before.",
  ],
  [
    'before the start of the data',
    bundleIndex([{ ...entry, offset: -4 }]),
    "Variable 'w' is at bytes -4 to 8 of 'variables/variables.data-00000-of-00001'.",
  ],
  [
    'of another length',
    bundleIndex([{ ...entry, size: 8, crc: maskedCrc32c(data.subarray(0, 8)) }]),
    "Tensor 'w' has 8 bytes, its shape [3] needs 12.",
  ],
  [
    'that is damaged',
    bundleIndex([{ ...entry, crc: entry.crc ^ 1 }]),
    "Variable 'w' has a wrong checksum in 'variables/variables.data-00000-of-00001': the file is damaged.",
  ],
  ['without header', table(block([{ key: 'w', value: new Uint8Array(0) }])), "'variables/variables.index' has no header."],
  [
    'that is empty',
    new Uint8Array(0),
    "'variables/variables.index' is damaged or truncated: it does not end as a TensorFlow checkpoint index does.",
  ],
  [
    'that points behind its end',
    table(block([]), [{ key: '~', value: handle(0, 1000) }]),
    "'variables/variables.index' is damaged or truncated: a block of 1000 bytes at byte 0 runs beyond its end.",
  ],
  [
    'whose blocks are the same',
    table(block([]), [
      { key: 'a', value: handle(0, 8) },
      { key: 'b', value: handle(0, 8) },
    ]),
    "'variables/variables.index' is damaged or truncated: its blocks overlap.",
  ],
  [
    'whose keys are out of order',
    table(block(['', 'b', 'a'].map((key) => ({ key, value: new Uint8Array(0) })))),
    "'variables/variables.index' is damaged or truncated: its keys are out of order.",
  ],
  [
    'whose keys share more than there is',
    table(
      block([
        { key: '', value: new Uint8Array(0) },
        { shared: 9, key: 'b', value: new Uint8Array(0) },
      ]),
    ),
    "'variables/variables.index' is damaged or truncated: a key is impossible.",
  ],
] as const) {
  test(`a checkpoint ${what}`, () => refused(stored(index), 'file-corrupt', message));
}
test('a checkpoint that is compressed', () =>
  refused(
    stored(table(block([{ key: '', value: new Uint8Array(0) }], 1))),
    'unsupported',
    "'variables/variables.index' is compressed (type 1), which no release of TensorFlow writes.",
    /save it again/,
  ));
test('a checkpoint of a big-endian machine', () =>
  refused(
    stored(bundleIndex([entry], 1, 1)),
    'unsupported',
    "'variables/variables.index' was written on a big-endian machine.",
    /save it again/,
  ));
test('a checkpoint with a wrong checksum', () => {
  const index = bundleIndex([entry]);
  index[3] = 0x55;
  return refused(
    stored(index),
    'file-corrupt',
    "'variables/variables.index' is damaged or truncated: the checksum of the block at byte 0 is wrong.",
    /again/,
  );
});
test('a variable that is stored in parts', () =>
  refused(
    sourceOf(filesOf('tf1_partitioned')),
    'unsupported',
    "Variable 'w/part_0' is stored in parts, which is not supported.",
    /in one piece/,
  ));
test('keys that share a long beginning do not fill the memory', async () => {
  const long = 'k'.repeat(2 ** 12);
  const many = Array.from({ length: 2 ** 15 }, (_, i) => ({ shared: 2 ** 12, key: String(i).padStart(6, '0'), value: new Uint8Array(0) }));
  await refused(
    stored(table(block([{ key: '', value: new Uint8Array(0) }, { key: long, value: new Uint8Array(0) }, ...many]))),
    'file-corrupt',
    "'variables/variables.index' is damaged or truncated: a key is impossible.",
  );
});

test('data files outside the folder are never asked for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-'));
  const path = join(folder, 'saved_model.pb');
  await writeFile(path, stored(undefined).bytes);
  await refused(
    await fileSource(path),
    'file-missing',
    "'variables/variables.index' with the model's weights is missing; it is expected beside saved_model.pb.",
  );
});
