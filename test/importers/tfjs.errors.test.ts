// What is wrong with a TF.js model file is said in a sentence: these pin the sentences.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openModel } from '../../src/importers/index.ts';
import type { Json, JsonObject } from '../../src/importers/keras/json.ts';
import { type ErrorCode, ModelError } from '../../src/shared/errors.ts';
import { refusalsOfDamage } from '../support/damage.ts';
import { edit, type Files, functional, input, layer, memorySource, modelFiles, smallNet, type TestWeight } from '../support/tfjsModels.ts';

async function refused(files: Files, code: ErrorCode, message: string | RegExp, where?: string): Promise<ModelError> {
  const error = await openModel(memorySource(files)).then(
    () => undefined,
    (e: unknown) => e,
  );
  assert.ok(error instanceof ModelError, `a ModelError, not ${error}`);
  if (typeof message === 'string') assert.equal(error.message, message);
  else assert.match(error.message, message);
  assert.equal(error.code, code);
  assert.equal(error.file, 'model.json');
  if (where !== undefined) assert.equal(error.where, where);
  return error;
}

const plain = smallNet();
const shard = 'group1-shard1of1.bin';
const net = (layers: readonly JsonObject[], weights: readonly TestWeight[] = [], overrides: JsonObject = {}) =>
  modelFiles({ topology: functional(layers, overrides), weights });

test('a shard that is missing', async () => {
  const { 'group1-shard2of2.bin': _, ...files } = modelFiles({ ...plain, shardBytes: 400 });
  const error = await refused(
    files,
    'file-missing',
    "Weight file 'group1-shard2of2.bin' is missing; it is expected beside model.json.",
    'group1-shard2of2.bin',
  );
  assert.match(error.hint ?? '', /Copy all files/);
});

test('a shard that is too short or too long', async () => {
  const files = modelFiles(plain);
  const bytes = files[shard] as Uint8Array;
  await refused(
    { ...files, [shard]: bytes.subarray(0, 500) },
    'file-corrupt',
    `Weight file '${shard}' has 500 bytes, but the weights in it take 548 bytes.`,
    shard,
  );
  await refused({ ...files, [shard]: Buffer.concat([bytes, bytes]) }, 'file-corrupt', /has 1096 bytes, but the weights in it take 548/);
  const three = modelFiles({ ...plain, shardBytes: 200 });
  const middle = { ...three, 'group1-shard2of3.bin': (three['group1-shard2of3.bin'] as Uint8Array).subarray(0, 100) };
  await refused(
    middle,
    'file-corrupt',
    "The weight files group1-shard1of3.bin … group1-shard3of3.bin have 448 bytes, expected 548: 100 bytes too few; 'group1-shard2of3.bin' has 100.",
    'group1-shard2of3.bin',
  );
});

test('JSON that is cut off, broken, or no model', async () => {
  const json = modelFiles(plain)['model.json'] as Uint8Array;
  await refused({ 'model.json': json.subarray(0, 600) }, 'file-corrupt', 'The model.json is cut off: its JSON does not end.');
  await refused({ 'model.json': Buffer.from('{"modelTopology": {,}}') }, 'file-corrupt', /^The model\.json is no valid JSON: .*\.$/);
  await refused(
    edit(modelFiles(plain), (j) => Object.assign(j, { modelTopology: {} })),
    'file-corrupt',
    /describes no model: its modelTopology has no layers/,
  );
  await refused(
    edit(modelFiles(plain), (j) => Object.assign(j, { weightsManifest: undefined })),
    'file-corrupt',
    /has no weightsManifest: it is a topology without weights/,
  );
});

test('layers that are not supported, all in one error', async () => {
  const layers = [
    input(),
    layer('Lambda', 'swap', {}, ['image']),
    layer('Conv2D', 'conv', { filters: 4, kernel_size: [1, 1], activation: 'my_function' }, ['swap']),
    layer('TFOpLambda', 'op', { function: 'image.resize' }, ['conv']),
    layer('LSTM', 'memory', {}, ['op']),
  ];
  const error = await refused(
    net(layers),
    'unsupported',
    "The model has 4 layers that Glassbox does not support: 'swap' (Lambda), 'conv' (Conv2D with activation 'my_function'), 'op' (tf.image.resize) and 'memory' (LSTM).",
    'swap, conv, op, memory',
  );
  assert.match(error.hint ?? '', /Lambda layer holds Python code/);
});

test('classes of the author, operations and calls of Keras 3 that are not supported', async () => {
  const as = (entry: JsonObject, module: string | null, registered: string | null) => ({ ...entry, module, registered_name: registered });
  const tensor = { class_name: '__keras_tensor__', config: { shape: [null, 8, 8, 3], dtype: 'float32', keras_history: ['image', 0, 0] } };
  const called = (entry: JsonObject, args: Json[], kwargs: JsonObject = {}) => ({ ...entry, inbound_nodes: [{ args, kwargs }] });
  const files = net(
    [
      input(),
      // Called as one of Keras', but the author's.
      as(layer('ReLU', 'mine', {}, ['image']), null, 'ReLU'),
      as(layer('Blur', 'blur', {}, ['mine']), null, 'my_package>Blur'),
      as(layer('DropPath', 'drop', {}, ['blur']), 'some_package.layers', 'DropPath'),
      as(called(layer('Cumsum', 'sums'), [tensor]), 'keras.src.ops.numpy', 'Cumsum'),
      as(called(layer('BatchNormalization', 'norm'), [tensor], { training: true }), 'keras.layers', null),
      as(called(layer('Lambda', 'code'), [tensor]), 'keras.layers', null),
      layer('Concatenate', 'all', {}, ['drop', 'sums', 'norm', 'code']),
      layer('GlobalAveragePooling2D', 'gap', {}, ['all']),
    ],
    [],
  );
  const error = await refused(
    files,
    'unsupported',
    "The model has 6 layers that Glassbox does not support: 'mine' (ReLU, a class of your own), 'blur' (Blur, a class of your own), 'drop' (DropPath, a class of your own), 'sums' (keras.ops: Cumsum), 'norm' (BatchNormalization called with training=True) and 'code' (Lambda).",
    'mine, blur, drop, sums, norm, code',
  );
  assert.match(error.hint ?? '', /Lambda layer holds Python code.*model\.export\("model\.onnx", format="onnx"\)/);
  const own = net([input(), as(layer('Blur', 'blur', {}, ['image']), null, 'my_package>Blur')]);
  const { hint } = await refused(
    own,
    'unsupported',
    "The model has a layer that Glassbox does not support: 'blur' (Blur, a class of your own).",
  );
  assert.match(hint ?? '', /^What a class of your own computes is not in the file: export the model to ONNX/);
});

test('functions called with an option that changes them', async () => {
  const called = (fn: string, options: JsonObject) => [
    input(),
    { ...layer('TFOpLambda', 'op', { function: fn }), inbound_nodes: [['image', 0, 0, { name: null, ...options }]] },
    layer('GlobalAveragePooling2D', 'gap', {}, ['op']),
  ];
  const message = (what: string) => `The model has a layer that Glassbox does not support: 'op' (${what}).`;
  await refused(net(called('nn.gelu', { approximate: true })), 'unsupported', message('tf.nn.gelu with approximate=true'));
  await refused(net(called('nn.softmax', { axis: 1 })), 'unsupported', message('tf.nn.softmax with axis=1'));
  for (const options of [{ approximate: false }, { approximate: null }] as const) {
    const model = await openModel(memorySource(net(called('nn.gelu', options))));
    assert.equal(model.graph.nodes[0]?.op, 'Gelu');
  }
});

test('attributes that are not supported name the layer', async () => {
  const scores = [layer('GlobalAveragePooling2D', 'gap', {}, ['x'])];
  const one = (className: string, config: JsonObject) => net([input(), layer(className, 'x', config, ['image']), ...scores]);
  await refused(
    one('MaxPooling2D', { padding: 'causal' }),
    'unsupported',
    "Layer 'x' (MaxPooling2D) has padding 'causal', only 'same' and 'valid' are supported.",
    'x',
  );
  await refused(
    one('UpSampling2D', { interpolation: 'lanczos3' }),
    'unsupported',
    /^Layer 'x' \(UpSampling2D\) interpolates by 'lanczos3'/,
  );
  await refused(
    one('MaxPooling2D', { pool_size: 'two' }),
    'file-corrupt',
    `Layer 'x' (MaxPooling2D): 'pool_size' is "two", expected two whole numbers from 1.`,
  );
  await refused(one('MaxPooling2D', { pool_size: [0, 2] }), 'file-corrupt', /'pool_size' is \[0,2\]/);
  await refused(one('Cropping2D', { cropping: 4 }), 'shape', "Layer 'x' (Cropping2D) crops all of 8×8.");
  await refused(one('MaxPooling2D', { pool_size: 9 }), 'shape', /MaxPool 'x' has a window of 9 over 8 padded cells/);
  const mixed = [
    input(),
    layer('MaxPooling2D', 'first', { data_format: 'channels_last' }, ['image']),
    layer('MaxPooling2D', 'second', { data_format: 'channels_first' }, ['first']),
  ];
  await refused(net(mixed), 'unsupported', "Layer 'second' has another data_format than 'first': a model must keep to one.", 'second');
});

test('NaN and infinite weights', async () => {
  for (const [value, word] of [
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ] as const) {
    const weights = plain.weights.map((w) => (w.name === 'conv/bias' ? { ...w, values: [0, 1, value, 3] } : w));
    const error = await refused(
      modelFiles({ ...plain, weights }),
      'weights',
      `Layer 'conv' (Conv2D): weight 'conv/bias' holds ${word} (element 2 of 4).`,
      'conv',
    );
    assert.match(error.hint ?? '', /earlier checkpoint/);
  }
});

test('weights that do not fit their layer', async () => {
  const replace = (name: string, ...by: TestWeight[]) =>
    modelFiles({ ...plain, weights: plain.weights.flatMap((w) => (w.name === name ? by : [w])) });
  await refused(
    replace('conv/kernel', { name: 'conv/kernel', shape: [3, 3, 1, 4] }),
    'weights',
    "Layer 'conv' (Conv2D): weight 'conv/kernel' has shape [3,3,1,4], the layer needs [3,3,3,4].",
    'conv',
  );
  await refused(
    replace('conv/bias'),
    'weights',
    "Layer 'conv' (Conv2D) needs kernel and bias, but the file has conv/kernel [3,3,3,4] for it.",
    'conv',
  );
  await refused(
    replace('conv/bias', { name: 'conv/bias', shape: [4] }, { name: 'conv/gamma', shape: [4] }),
    'weights',
    /^Layer 'conv' \(Conv2D\) needs kernel and bias, but the file has .*conv\/gamma/,
  );
  const lost = modelFiles({ ...plain, weights: plain.weights.slice(0, 2) });
  await refused(lost, 'weights', "Layer 'scores' (Dense) needs kernel and bias, but the file has no weights for it.", 'scores');
});

test('weights of an unknown kind or an absurd size', async () => {
  const withKernel = (change: JsonObject) =>
    edit(modelFiles(plain), (json) => {
      const [group] = json.weightsManifest as unknown as { weights: Record<string, Json>[] }[];
      Object.assign(group?.weights[0] as object, change);
    });
  await refused(
    withKernel({ dtype: 'complex64' }),
    'unsupported',
    `Weight 'conv/kernel' is of type "complex64", which is not supported.`,
    'conv/kernel',
  );
  await refused(
    withKernel({ quantization: { dtype: 'int4', scale: 1, min: 0 } }),
    'unsupported',
    `Weight 'conv/kernel' is quantised as "int4", which is not supported.`,
  );
  await refused(
    withKernel({ shape: [3, 3, 3, 1e12] }),
    'file-too-large',
    /^Weight 'conv\/kernel' has shape \[3,3,3,1000000000000\], more than can be read\./,
  );
  await refused(withKernel({ shape: [1e9] }), 'file-too-large', /^The weights take 4000000116 bytes; at most 2147483648 are read\./);
  await refused(withKernel({ shape: [3, -1] }), 'file-corrupt', "Weight 'conv/kernel' has shape [3,-1].");
});

test('layers that make absurdly large tensors', async () => {
  const layers = [
    input(),
    layer('ZeroPadding2D', 'pad', { padding: 100_000 }, ['image']),
    layer('GlobalAveragePooling2D', 'gap', {}, ['pad']),
  ];
  await refused(net(layers), 'file-too-large', "Layer 'pad' makes [N,3,200008,200008], more than 268435456 values per image.", 'pad');
});

test('a circle, a missing layer, a doubled name', async () => {
  const relu = (name: string, from: string) => layer('ReLU', name, {}, [from]);
  const circle = [input(), relu('a', 'c'), relu('b', 'a'), relu('c', 'b'), layer('Flatten', 'flat', {}, ['c'])];
  await refused(net(circle), 'file-corrupt', "Layers feed each other in a circle: 'c' → 'a' → 'b' → 'c'.");
  await refused(
    net([input(), relu('a', 'conv9')]),
    'file-corrupt',
    "Layer 'a' takes input from 'conv9', which is not in the file.",
    'conv9',
  );
  await refused(net([input(), relu('a', 'image'), relu('a', 'image')]), 'file-corrupt', "Two layers are called 'a'.", 'a');
});

test('inputs that are no image', async () => {
  const flat = (shape: (number | null)[]) => net([input(shape), layer('Flatten', 'flat', {}, ['image'])]);
  const none = "The model's input 'image' is float32 [N,784], which is no image of floats, [N,C,H,W] or [N,H,W,C].";
  await refused(flat([784]), 'input', none, 'image');
  await refused(flat([1e9, 8, 3]), 'input', /is float32 \[N,1000000000,8,3\]; a side of an image must be 1 to 32768 pixels/);
  const open = await refused(
    modelFiles(smallNet({ image: input([null, null, 3]) })),
    'input',
    "The model leaves the image size open: its input 'image' is float32 [N,?,?,3].",
    'image',
  );
  assert.equal(open.hint, 'Set input.size to [height, width] in the sidecar, or to "image" for the size of each image.');
  assert.deepEqual(open.question, { kind: 'input-size', input: 'image', shape: 'float32 [N,?,?,3]' });
  const two = [input(), input([8, 8, 3], 'second'), layer('Add', 'sum', {}, ['image', 'second']), layer('Flatten', 'flat', {}, ['sum'])];
  const both = {
    input_layers: [
      ['image', 0, 0],
      ['second', 0, 0],
    ],
  };
  await refused(
    net(two, [], both),
    'input',
    /^The model has 2 inputs: 'image' float32 \[N,8,8,3\], 'second' float32 \[N,8,8,3\]\. The image goes to 'image'; nothing says what 'second' is\.$/,
  );
});

test('outputs that are no class scores', async () => {
  const rows = layer('Reshape', 'rows', { target_shape: [8, 24] }, ['image']);
  await refused(net([input(), rows]), 'unsupported', /no output with one score per class .* its outputs are 'rows' \[N,8,24\]/);
});

test('a config nested without end is refused, not followed', async () => {
  let nested: JsonObject = layer('Flatten', 'flat');
  for (let i = 0; i < 100; i++) nested = { class_name: 'Sequential', config: { name: `s${i}`, layers: [nested] } };
  await refused(modelFiles({ topology: nested, weights: [] }), 'file-corrupt', 'Models are nested more than 16 deep.');
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const text = Buffer.from(modelFiles(plain)['model.json'] as Uint8Array).toString();
  const brackets = { 'model.json': Buffer.from(text.replace('"inbound_nodes":[]', `"inbound_nodes":${deep}`)) };
  await refused(brackets, 'file-corrupt', 'The model.json is nested too deep.');
});

test('a damaged model.json is imported or refused with a ModelError, whatever the damage', async () => {
  const refusals = await refusalsOfDamage(modelFiles(plain), 7);
  assert.ok(refusals > 200, 'most damage is noticed');
});
