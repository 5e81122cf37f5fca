// What files may hold and converters seldom write: other element types, other places of values, names that are no names.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeTflite } from '../../src/formats/tflite/read.ts';
import { float32 } from '../../src/graph/graph.ts';
import { tfGraph } from '../../src/importers/tflite/graph.ts';
import { runGraph } from '../support/onnxReference.ts';
import { openBytes } from '../support/tflite.ts';
import { type TensorSpec, tfliteModel } from '../support/tfliteModel.ts';

const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const image: TensorSpec = { name: 'image', shape: [1, 4, 4, 3] };
const axes: TensorSpec = { name: 'axes', shape: [2], type: 'INT32', data: bytesOf(Int32Array.of(1, 2)) };
const pooled = { kind: 'MEAN', inputs: [0, 1], outputs: [2], options: { type: 27 } };

/** image → mean of its three channels → dense by these weights. */
function dense(weights: Partial<TensorSpec>, bias?: TensorSpec): Uint8Array {
  return tfliteModel({
    tensors: [
      image,
      axes,
      { name: 'mean', shape: [1, 3] },
      { name: 'weights', shape: [2, 3], ...weights },
      { name: 'scores', shape: [1, 2] },
      ...(bias ? [bias] : []),
    ],
    operators: [pooled, { kind: 'FULLY_CONNECTED', inputs: [2, 3, bias ? 5 : -1], outputs: [4], options: { type: 8 } }],
    outputs: [4],
  });
}

/** The dense layer's scores for channels 1, 10 and 100. */
async function scores(bytes: Uint8Array): Promise<number[]> {
  const model = await openBytes(bytes);
  const fed = Float32Array.from({ length: 48 }, (_, i) => 10 ** Math.floor(i / 16));
  const { [model.logits]: values } = await runGraph(model.graph, [model.logits], { [model.input.value]: float32([1, 3, 4, 4], fed) });
  return Array.from(values as Float32Array);
}

const weights = (spec: Partial<TensorSpec>) =>
  Array.from(
    tfGraph(decodeTflite(dense(spec)))
      .constants.get('weights')
      ?.read() ?? [],
    Number,
  );

test('weights of every element type', () => {
  const types: Record<string, ArrayBufferView> = {
    FLOAT32: Float32Array.of(1, 2, 3, -1, -2, -3),
    FLOAT64: Float64Array.of(1, 2, 3, -1, -2, -3),
    FLOAT16: Uint16Array.of(0x3c00, 0x4000, 0x4200, 0xbc00, 0xc000, 0xc200),
    BFLOAT16: Uint16Array.of(0x3f80, 0x4000, 0x4040, 0xbf80, 0xc000, 0xc040),
    INT8: Int8Array.of(1, 2, 3, -1, -2, -3),
    INT16: Int16Array.of(1, 2, 3, -1, -2, -3),
    INT32: Int32Array.of(1, 2, 3, -1, -2, -3),
    INT64: BigInt64Array.of(1n, 2n, 3n, -1n, -2n, -3n),
    INT4: Uint8Array.of(0x21, 0xf3, 0xde),
  };
  for (const [type, array] of Object.entries(types)) assert.deepEqual(weights({ type, data: bytesOf(array) }), [1, 2, 3, -1, -2, -3], type);
  assert.deepEqual(weights({ type: 'UINT8', data: Uint8Array.of(0, 1, 2, 253, 254, 255) }), [0, 1, 2, 253, 254, 255]);
});

test('quantised weights: per tensor, along the first axis, along the last', () => {
  const data = bytesOf(Int8Array.of(1, 2, 3, -1, -2, -3));
  const read = (quantization: NonNullable<TensorSpec['quantization']>) => weights({ type: 'INT8', data, quantization });
  assert.deepEqual(read({ scale: [0.5], zeroPoint: [1] }), [0, 0.5, 1, -1, -1.5, -2]);
  assert.deepEqual(read({ scale: [0.5, 2], zeroPoint: [1, 0] }), [0, 0.5, 1, -2, -4, -6]);
  assert.deepEqual(read({ scale: [1, 2, 4], zeroPoint: [0, 0, 1], axis: 1 }), [1, 4, 8, -1, -4, -16]);
  // One zero point, or none, for all scales.
  assert.deepEqual(read({ scale: [0.5, 2], zeroPoint: [1] }), [0, 0.5, 1, -4, -6, -8]);
  assert.deepEqual(read({ scale: [0.5, 2] }), [0.5, 1, 1.5, -2, -4, -6]);
});

test('int4 weights, a bias of int64 and one of int32 with a scale of its own', async () => {
  const int4 = { type: 'INT4', data: Uint8Array.of(0x21, 0xf3, 0xde), quantization: { scale: [0.5], zeroPoint: [0] } };
  assert.deepEqual(await scores(dense(int4)), [160.5, -160.5]);
  const bias: TensorSpec = {
    name: 'bias',
    shape: [2],
    type: 'INT32',
    data: bytesOf(Int32Array.of(8, -4)),
    quantization: { scale: [0.25] },
  };
  assert.deepEqual(await scores(dense(int4, bias)), [162.5, -161.5]);
  const wide: TensorSpec = { ...bias, type: 'INT64', data: bytesOf(BigInt64Array.of(8n, -4n)) };
  assert.deepEqual(await scores(dense(int4, wide)), [162.5, -161.5]);
});

test('values behind the flatbuffer, as files of more than 2 GB have them', async () => {
  const data = bytesOf(Float32Array.of(1, 2, 3, -1, -2, -3));
  assert.deepEqual(await scores(dense({ data, outside: true })), [321, -321]);
  const cut = dense({ data, outside: true });
  await assert.rejects(
    openBytes(cut.subarray(0, cut.length - 1)),
    /^ModelError: The file is damaged or truncated at byte \d+: its 24 bytes from \d+ on lie beyond the end of the file\.$/,
  );
});

test('a scale of 0 on integers that are a shape is none', async () => {
  const spec = { ...axes, quantization: { scale: [0], zeroPoint: [0] } };
  const model = await openBytes(
    tfliteModel({ tensors: [image, spec, { name: 'mean', shape: [1, 3] }], operators: [pooled], outputs: [2] }),
  );
  assert.equal(model.classes, 3);
});

test('the new shape as an option, as old converters write it', async () => {
  const bytes = tfliteModel({
    tensors: [image, axes, { name: 'mean', shape: [1, 3] }, { name: 'out', shape: [1, 3] }],
    operators: [pooled, { kind: 'RESHAPE', inputs: [2], outputs: [3], options: { type: 17, shape: [1, 3] } }],
    outputs: [3],
  });
  assert.equal((await openBytes(bytes)).classes, 3);
});

test('tensors without names, and with the same', async () => {
  const bytes = tfliteModel({
    tensors: [{ ...image, name: '' }, axes, { name: 'x;a', shape: [1, 3] }, { name: 'x;b', shape: [1, 3] }, { name: 'x;b', shape: [1, 3] }],
    operators: [pooled, { kind: 'RELU', inputs: [2], outputs: [3] }, { kind: 'ABS', inputs: [3], outputs: [4] }],
    outputs: [4],
  });
  const model = await openBytes(bytes);
  assert.equal(model.input.name, 'tensor_0');
  assert.deepEqual(
    model.layers.map(({ name, aliases }) => [name, ...aliases]),
    [['x', 'x;a'], ['x;b'], ['x;b#4']],
  );
});

test('twenty thousand tensors of one name', async () => {
  const many = Array.from({ length: 20_000 }, (): TensorSpec => ({ name: 'x', shape: [], buffer: 0 }));
  const bytes = tfliteModel({ tensors: [image, axes, { name: 'x', shape: [1, 3] }, ...many], operators: [pooled], outputs: [2] });
  const started = performance.now();
  assert.equal((await openBytes(bytes)).classes, 3);
  assert.ok(performance.now() - started < 5000);
});

test('an unsigned input that is not quantised is fed pixels as they are', async () => {
  const bytes = tfliteModel({
    tensors: [{ ...image, type: 'UINT8' }, axes, { name: 'mean', shape: [1, 3] }, { name: 'real', shape: [1, 4, 4, 3] }],
    operators: [
      { kind: 'CAST', inputs: [0], outputs: [3] },
      { ...pooled, inputs: [3, 1] },
    ],
    outputs: [2],
  });
  const { hints } = await openBytes(bytes);
  assert.deepEqual(hints.normalization, { mean: [0], std: [1], from: 'TFLite input of bytes' });
});

test('constants that share bytes are counted', async () => {
  const data = new Uint8Array(2 ** 19);
  const copies = Array.from(
    { length: 9 },
    (_, i): TensorSpec => ({ name: `w${i}`, shape: [2 ** 17], ...(i === 0 ? { data } : { buffer: 3 }) }),
  );
  const bytes = tfliteModel({
    tensors: [image, axes, { name: 'mean', shape: [1, 3] }, ...copies],
    operators: [pooled, ...copies.map((_, i) => ({ kind: 'ABS', inputs: [3 + i], outputs: [2] }))],
    outputs: [2],
  });
  await assert.rejects(openBytes(bytes), /^ModelError: The constants have more than \d+ bytes, so they overlap in the file\.$/);
});

test('constants that are made without end are refused before they are made', async () => {
  const size: TensorSpec = { name: 'size', shape: [1], type: 'INT32', data: bytesOf(Int32Array.of(2 ** 25)) };
  const one: TensorSpec = { name: 'one', shape: [], data: bytesOf(Float32Array.of(1)) };
  const copies = Array.from({ length: 40 }, (_, i): TensorSpec => ({ name: `filled${i}`, shape: [2 ** 25] }));
  const bytes = tfliteModel({
    tensors: [image, axes, { name: 'mean', shape: [1, 3] }, size, one, ...copies],
    operators: [pooled, ...copies.map((_, i) => ({ kind: 'FILL', inputs: [3, 4], outputs: [5 + i] }))],
    outputs: [2],
  });
  await assert.rejects(openBytes(bytes), /^ModelError: FILL 'filled2' makes more constants than a file of this size can mean\.$/);
});
