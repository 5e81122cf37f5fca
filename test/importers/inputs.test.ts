import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { planForward } from '../../src/explain/plan.ts';
import { DataType, type ModelProto } from '../../src/formats/onnx/types.ts';
import type { Tensor } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import { chooseInputs, type FileInput, inputValue } from '../../src/importers/inputs.ts';
import type { Model, ModelSource } from '../../src/importers/model.ts';
import { ModelError } from '../../src/shared/errors.ts';
import type { InputValue } from '../../src/shared/sidecar.ts';
import { classifier, int, node, noise, sourceOf, weight } from '../support/onnxModels.ts';
import { functional, input, layer, memorySource, modelFiles } from '../support/tfjsModels.ts';

function fileInput(name: string, shape: FileInput['shape'], dtype: FileInput['dtype'] = 'float32'): FileInput {
  return { name, dtype, shape, text: `${dtype} [${shape?.map((size) => size ?? '?')}]` };
}

const image = fileInput('x', [undefined, 3, 8, 8]);
const age = fileInput('age', [undefined, 1]);

function refusal(work: () => unknown): ModelError {
  try {
    work();
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

test('the image is the input without a value that looks like one', () => {
  const other = fileInput('y', [1, 8, 8, 3]);
  const features = fileInput('features', [1, 64, 8, 8]);
  const chosen = (...[inputs, given]: Parameters<typeof chooseInputs>) => chooseInputs(inputs, given).image.name;
  assert.equal(chosen([image]), 'x');
  assert.equal(chosen([age, image], { age: 0 }), 'x');
  assert.equal(chosen([features, image], { features: 0 }), 'x');
  assert.equal(chosen([image, other], { x: 0 }), 'y');
  assert.equal(chosen([image, other], { y: 0 }), 'x');
  assert.equal(chosen([features]), 'features', 'no image of colours, but one can be given as a tensor');
  assert.equal(chosen([image], { stranger: 0 }), 'x', 'a sidecar can be that of several models');
});

test('values that are missing: the inputs, their shapes, what to write, and the question', () => {
  const error = refusal(() => chooseInputs([image, age, fileInput('mask', [undefined, undefined], 'bool')], { aeg: 1 }));
  assert.equal(error.code, 'input');
  assert.equal(
    error.message,
    "The model has 3 inputs: 'x' float32 [?,3,8,8], 'age' float32 [?,1], 'mask' bool [?,?]. The image goes to 'x'; nothing says what 'age', 'mask' are. (The sidecar gives 'aeg', which the model does not have.)",
  );
  assert.equal(error.hint, 'Write "inputs": {"age":0,"mask":{"shape":[1,1],"value":0}} with the right values into the sidecar.');
  assert.deepEqual(error.question, {
    kind: 'inputs',
    image: 'x',
    others: [
      { name: 'age', shape: 'float32 [?,1]', whole: false },
      { name: 'mask', shape: 'bool [?,?]', whole: true },
    ],
  });
});

test('no image among the inputs', () => {
  assert.equal(refusal(() => chooseInputs([])).message, 'The model has no input.');
  assert.equal(
    refusal(() => chooseInputs([age])).message,
    "The model's input 'age' is float32 [?,1], which is no image of floats, [N,C,H,W] or [N,H,W,C].",
  );
  const all = refusal(() => chooseInputs([image, age], { x: 0, age: 0 }));
  assert.match(all.message, /2 inputs: .*; none without a value in the sidecar is an image of floats/);
  assert.equal(all.hint, 'Remove the value of the image from "inputs" in the sidecar.');
  assert.match(refusal(() => chooseInputs([age, age])).message, /2 inputs: .*; none is an image/);
});

test('what is answered can be asked again, with its values', () => {
  const open = fileInput('x', [undefined, 3, undefined, undefined]);
  const { answered } = chooseInputs([open, age], { age: 0.5 });
  assert.deepEqual(answered, [
    { kind: 'input-size', input: 'x', shape: 'float32 [?,3,?,?]' },
    { kind: 'inputs', image: 'x', others: [{ name: 'age', shape: 'float32 [?,1]', whole: false, value: 0.5 }] },
  ]);
  assert.deepEqual(chooseInputs([image]).answered, []);
});

const values: [string, FileInput, InputValue, readonly number[], readonly number[]][] = [
  ['a number fills the input', fileInput('a', [undefined, 2, 2]), 0.5, [1, 2, 2], [0.5, 0.5, 0.5, 0.5]],
  ['a list has one per element', fileInput('a', [undefined, 3]), [1, 2, 3], [1, 3], [1, 2, 3]],
  ['a list tells one open size', fileInput('a', [undefined, undefined, 2]), [1, 2, 3, 4], [1, 2, 2], [1, 2, 3, 4]],
  ['a scalar', fileInput('a', []), 7, [], [7]],
  ['whole numbers', fileInput('a', [2], 'int64'), [1, -2], [2], [1, -2]],
  ['truth values', fileInput('a', [1, 2], 'bool'), [0, 1], [1, 2], [0, 1]],
  ['a shape of its own', fileInput('a', [undefined, undefined]), { shape: [1, 2], value: 3 }, [1, 2], [3, 3]],
  ['any shape where the file says none', fileInput('a', undefined), { shape: [2], value: [3, 4] }, [2], [3, 4]],
];

for (const [name, about, given, shape, data] of values) {
  test(`a value of an input: ${name}`, () => {
    const value = inputValue(about, given);
    assert.deepEqual([value.dtype, value.shape, [...value.data]], [about.dtype, shape, data]);
  });
}

const misfits: [string, FileInput, InputValue, RegExp][] = [
  ['too few', fileInput('a', [undefined, 3]), [1, 2], /^The input 'a' \(float32 \[\?,3\]\) takes 3 values, 2 are given\.$/],
  ['a fraction of whole numbers', fileInput('a', [1], 'int32'), 0.5, /cannot be 0\.5\.$/],
  ['a truth value of 2', fileInput('a', [1], 'bool'), 2, /cannot be 2\.$/],
  ['a byte below 0', fileInput('a', [1], 'uint8'), -1, /cannot be -1\.$/],
  ['too large for 32 bit', fileInput('a', [1], 'int32'), 2 ** 31, /cannot be 2147483648\.$/],
  ['a number for an open shape', fileInput('a', [undefined, undefined]), 1, /leaves its shape open: the value has to say it\.$/],
  ['another shape', fileInput('a', [undefined, 3]), { shape: [1, 4], value: 0 }, /cannot be given the shape \[1,4\]\.$/],
  ['another rank', fileInput('a', [undefined, 3]), { shape: [3], value: 0 }, /cannot be given the shape \[3\]\.$/],
  ['more than memory', fileInput('a', [undefined, 2 ** 20, 2 ** 10]), 0, /would have 1073741824 values; at most 16777216 can be given\.$/],
  ['an input of text', { ...fileInput('a', [1]), dtype: undefined }, 0, /is no tensor of numbers, and cannot be given a value\.$/],
];

for (const [name, about, given, message] of misfits) {
  test(`a value that does not fit: ${name}`, () => {
    const error = refusal(() => inputValue(about, given));
    assert.deepEqual([error.code, error.where], ['input', 'a']);
    assert.match(error.message, message);
    assert.match(error.hint ?? '', /"a".*"inputs" in the sidecar/);
  });
}

const pixels = noise(3 * 6 * 8);

async function logits(model: Model, n = 1): Promise<Float32Array> {
  const program = await (await createOnnxRuntime()).compile(planForward(model));
  const { value, channels, height, width } = model.input;
  const data = new Float32Array(n * channels * height * width);
  for (let i = 0; i < n; i++) data.set(pixels.subarray(0, channels * height * width), i * channels * height * width);
  const { [model.logits]: out } = await program.run({ [value]: { dtype: 'float32', shape: [n, channels, height, width], data } });
  return (out as Tensor).data as Float32Array;
}

/** The classifier with more inputs. */
function withInputs(
  nodes: ModelProto['graph']['nodes'],
  more: ModelProto['graph']['inputs'],
  initializers = classifier().graph.initializers,
): ModelProto {
  const { graph, ...rest } = classifier();
  return { ...rest, graph: { ...graph, nodes, initializers, inputs: [...graph.inputs, ...more] } };
}

const given = (model: ModelProto, inputs: NonNullable<ModelSource['inputs']>) => openModel({ ...sourceOf(model), inputs });
const plain = classifier().graph.nodes;

test('ONNX: a vector added to the logits, the batch stays free', async () => {
  const nodes = [...plain.slice(0, 4), node('Gemm', 'flat w2 b2', 'l', int('transB', 1)), node('Add', 'l shift', 'logits')];
  const model = withInputs(nodes, [{ name: 'shift', elemType: DataType.FLOAT, shape: ['N', 5] }]);
  const base = await logits(await openModel(sourceOf(classifier())));
  const shifted = await given(model, { shift: [1, 2, 3, 4, 5] });
  assert.deepEqual(shifted.graph.inputs.get('x')?.shape[0], 'N');
  const moved = await logits(shifted, 2);
  for (let i = 0; i < 10; i++) assert.ok(Math.abs(moved[i]! - base[i % 5]! - (i % 5) - 1) < 1e-5);
  const same = await logits(await given(model, { shift: 0 }));
  for (let i = 0; i < 5; i++) assert.ok(Math.abs(same[i]! - base[i]!) < 1e-6);
  assert.notEqual(shifted.hash, (await given(model, { shift: 0 })).hash, 'another value is another model');
});

test('ONNX: numbers beside the features of one image: one image at a time', async () => {
  const wide = weight('w2', [5, 7]);
  const initializers = classifier().graph.initializers.map((t) => (t.name === 'w2' ? wide : t));
  const nodes = [
    ...plain.slice(0, 4),
    node('Concat', 'flat extra', 'both', int('axis', 1)),
    node('Gemm', 'both w2 b2', 'logits', int('transB', 1)),
  ];
  const model = withInputs(nodes, [{ name: 'extra', elemType: DataType.FLOAT, shape: ['N', 3] }], initializers);
  const zero = await given(model, { extra: 0 });
  assert.equal(zero.graph.inputs.get('x')?.shape[0], 1);
  const [without, with2] = [await logits(zero), await logits(await given(model, { extra: [0, 2, 0] }))];
  const column = noise(35, 'w2'.length + 2);
  for (let c = 0; c < 5; c++) assert.ok(Math.abs(with2[c]! - without[c]! - 2 * column[c * 7 + 5]!) < 1e-5);
});

test('ONNX: whole numbers fold, as where they choose a row of weights', async () => {
  const nodes = [
    ...plain.slice(0, 4),
    node('Gather', 'rows which', 'row'),
    node('Gemm', 'flat w2 b2', 'l', int('transB', 1)),
    node('Add', 'l row', 'logits'),
  ];
  const rows = weight('rows', [2, 5], [0, 0, 0, 0, 0, 10, 20, 30, 40, 50]);
  const model = withInputs(nodes, [{ name: 'which', elemType: DataType.INT64, shape: [1] }], [...classifier().graph.initializers, rows]);
  const [first, second] = [await logits(await given(model, { which: 0 })), await logits(await given(model, { which: 1 }))];
  for (let c = 0; c < 5; c++) assert.ok(Math.abs(second[c]! - first[c]! - 10 * (c + 1)) < 1e-4);
  await assert.rejects(given(model, { which: 0.5 }), /The input 'which' \(int64 \[1\]\) cannot be 0\.5\./);
});

test('Keras: a second image and numbers beside the features', async () => {
  const topology = functional(
    [
      input([4, 4, 3]),
      input([4, 4, 3], 'mask'),
      input([2], 'extra'),
      layer('Multiply', 'masked', {}, ['image', 'mask']),
      layer('GlobalAveragePooling2D', 'pool', {}, ['masked']),
      layer('Concatenate', 'both', { axis: -1 }, ['pool', 'extra']),
      layer('Dense', 'scores', { units: 2, activation: 'linear' }, ['both']),
    ],
    {
      input_layers: [
        ['image', 0, 0],
        ['mask', 0, 0],
        ['extra', 0, 0],
      ],
    },
  );
  const kernel = [1, 0, 0, 1, 1, 1, 10, 0, 0, 100];
  const files = modelFiles({
    topology,
    weights: [
      { name: 'scores/kernel', shape: [5, 2], values: kernel },
      { name: 'scores/bias', shape: [2], values: [0, 0] },
    ],
  });
  const open = (inputs: NonNullable<ModelSource['inputs']>) => openModel({ ...memorySource(files), inputs });
  // The mask lets one place of the red channel through: channels-last in the sidecar as in the file.
  const mask = new Array<number>(48).fill(0);
  mask[(1 * 4 + 2) * 3] = 16;
  const model = await open({ mask, extra: [1, 2] });
  assert.deepEqual([model.input.name, model.input.channels, model.graph.inputs.get('image')?.shape[0]], ['image', 3, 1]);
  const out = await logits(model);
  const red = pixels[1 * 4 + 2]!;
  assert.ok(Math.abs(out[0]! - (red + 10)) < 1e-5 && Math.abs(out[1]! - 200) < 1e-4, String(out));
  await assert.rejects(
    open({ mask: 1 }),
    /The model has 3 inputs: 'image' float32 \[N,4,4,3\], 'mask' float32 \[N,4,4,3\], 'extra' float32 \[N,2\]/,
  );
});
