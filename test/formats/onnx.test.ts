import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { half } from '../../src/formats/half.ts';
import { decodeModel } from '../../src/formats/onnx/read.ts';
import { tensorValues } from '../../src/formats/onnx/tensor.ts';
import { DataType, type TensorProto } from '../../src/formats/onnx/types.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import { MessageWriter } from '../../src/formats/protobuf/writer.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { classifier, float, floats, int, integers, ints, node, smallModel, string, tensor, weight } from '../support/onnxModels.ts';

const none = (): Uint8Array => new Uint8Array(0);
const values = (t: TensorProto) => Array.from<number | bigint, number>(tensorValues(t, none).data, Number);

test('bytes on the wire are those of the protocol-buffer specification', () => {
  // https://protobuf.dev/programming-guides/encoding: Test1{a: 150}, Test2{b: "testing"}, Test3{c: Test1}, packed [3, 270, 86942], −1
  const hex = (w: MessageWriter) => Buffer.from(w.finish()).toString('hex');
  assert.equal(hex(new MessageWriter().int(1, 150)), '089601');
  assert.equal(hex(new MessageWriter().string(2, 'testing')), '120774657374696e67');
  assert.equal(hex(new MessageWriter().message(3, new MessageWriter().int(1, 150))), '1a03089601');
  assert.equal(hex(new MessageWriter().ints(6, [3, 270, 86942])), '3206038e029ea705');
  assert.equal(hex(new MessageWriter().int(1, -1)), '08ffffffffffffffffff01');
  assert.equal(hex(new MessageWriter().int(1, 2 ** 63)), '08ffffffffffffffff7f', 'INT64_MAX stays positive');
  assert.equal(hex(new MessageWriter().int(1, -(2 ** 63))), '0880808080808080808001');
});

test('what is written is read back', () => {
  const model = smallModel({
    opset: 12,
    nodes: [
      node('Op', 'x _ w', 'y z', int('i', -5), ints('is', [0, -1, 2 ** 40]), float('f', 0.1), floats('fs', [1, -2.5])),
      { ...node('Other', 'y', 'logits', string('s', 'grün'), tensor('t', integers('inner', [7]))), domain: 'com.example' },
    ],
    initializers: [weight('w', [2, 2], [1, 2, 3, 4])],
    input: ['N', 3, '', 8],
    metadata: { names: "{0: 'a'}" },
    inputsToo: true,
  });
  const read = decodeModel(encodeModel(model));
  assert.deepEqual(read.metadata, model.metadata);
  assert.deepEqual(read.opsetImports, model.opsetImports);
  assert.deepEqual(read.graph.inputs, model.graph.inputs);
  assert.deepEqual(read.graph.outputs, model.graph.outputs);
  const [first, second] = read.graph.nodes;
  assert.deepEqual([first?.inputs, first?.outputs, first?.opType], [['x', '', 'w'], ['y', 'z'], 'Op']);
  const [i, is, f, fs] = first?.attributes ?? [];
  assert.deepEqual([i, is, fs], [int('i', -5), ints('is', [0, -1, 2 ** 40]), floats('fs', [1, -2.5])]);
  assert.deepEqual(f, float('f', Math.fround(0.1)));
  assert.deepEqual(second?.attributes[0], string('s', 'grün'));
  assert.equal(second?.domain, 'com.example');
  const inner = second?.attributes[1];
  assert.deepEqual(inner?.type === 'tensor' && values(inner.value), [7]);
  assert.deepEqual(values(read.graph.initializers[0] as TensorProto), [1, 2, 3, 4]);
});

test('tensors from every field and type', () => {
  const t = (dataType: number, count: number, data: Partial<TensorProto>): TensorProto => ({ name: 't', dims: [count], dataType, ...data });
  const raw = (array: ArrayBufferView) => ({ rawData: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) });
  // 1, −2, 65504 (largest half), 2^−24 (smallest), 1/3 rounded: bit patterns of IEEE 754
  const halves = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x3555];
  const numbers = [1, -2, 65504, 2 ** -24, 0.333251953125];
  assert.deepEqual(values(t(DataType.FLOAT16, 5, raw(Uint16Array.from(halves)))), numbers);
  assert.deepEqual(values(t(DataType.FLOAT16, 5, { int32Data: Int32Array.from(halves) })), numbers);
  assert.ok(Number.isNaN(half(0x7e00)) && half(0xfc00) === -Infinity);
  assert.deepEqual(values(t(DataType.BFLOAT16, 3, raw(Uint16Array.of(0x3f80, 0xc000, 0x4049)))), [1, -2, 3.140625]);
  assert.deepEqual(values(t(DataType.BFLOAT16, 1, { int32Data: Int32Array.of(0xc000) })), [-2]);
  assert.deepEqual(values(t(DataType.DOUBLE, 2, raw(Float64Array.of(0.5, -3)))), [0.5, -3]);
  assert.deepEqual(values(t(DataType.DOUBLE, 1, { doubleData: Float64Array.of(0.25) })), [0.25]);
  assert.deepEqual(values(t(DataType.FLOAT, 2, { floatData: Float32Array.of(1.5, -1) })), [1.5, -1]);
  assert.deepEqual(values(t(DataType.INT64, 2, { int64Data: BigInt64Array.of(-1n, 5n) })), [-1, 5]);
  assert.deepEqual(values(t(DataType.INT32, 2, { int32Data: Int32Array.of(-1, 5) })), [-1, 5]);
  assert.deepEqual(values(t(DataType.UINT8, 2, raw(Uint8Array.of(255, 1)))), [255, 1]);
  assert.deepEqual(values(t(DataType.INT8, 2, raw(Uint8Array.of(255, 1)))), [-1, 1]);
  assert.deepEqual(values(t(DataType.UINT32, 1, raw(Uint32Array.of(2 ** 32 - 1)))), [2 ** 32 - 1]);
  assert.deepEqual(values(t(DataType.FLOAT, 0, {})), []);
});

test('typed fields survive the writer, unaligned weights too', () => {
  const initializers: TensorProto[] = [
    { name: 'odd', dims: [1], dataType: DataType.UINT8, rawData: Uint8Array.of(3) },
    weight('w', [2], [0.5, -8]),
    { name: 'f', dims: [2], dataType: DataType.FLOAT, floatData: Float32Array.of(1, 2) },
    { name: 'i', dims: [2], dataType: DataType.INT64, int64Data: BigInt64Array.of(-(2n ** 63n), 2n ** 62n) },
    { name: 'd', dims: [1], dataType: DataType.DOUBLE, doubleData: Float64Array.of(Math.PI) },
  ];
  const read = decodeModel(encodeModel(smallModel({ nodes: [], initializers }))).graph.initializers;
  assert.deepEqual(read.slice(1).map(values), [[0.5, -8], [1, 2], [-(2 ** 63), 2 ** 62], [Math.fround(Math.PI)]]);
});

test('unpacked repeated numbers, unknown fields and missing attribute types are read (old writers)', () => {
  const dims = new MessageWriter().int(1, 2).int(1, 1).int(2, 1).float(4, 3).float(4, 4).string(8, 'w').string(99, 'unknown');
  const attribute = new MessageWriter().string(1, 'axis').int(3, 1);
  const n = new MessageWriter().string(1, 'x').string(2, 'y').string(4, 'Softmax').message(5, attribute);
  const bytes = new MessageWriter()
    .int(1, 3)
    .message(7, new MessageWriter().message(1, n).message(5, dims))
    .message(8, new MessageWriter().int(2, 7))
    .finish();
  const { graph, opsetImports } = decodeModel(bytes);
  assert.deepEqual(graph.initializers[0]?.dims, [2, 1]);
  assert.deepEqual(values(graph.initializers[0] as TensorProto), [3, 4]);
  assert.deepEqual(graph.nodes[0]?.attributes, [int('axis', 1)]);
  assert.deepEqual(opsetImports, [{ domain: '', version: 7 }]);
});

test('cut anywhere, the file is either refused with the byte, or ends between two fields', () => {
  const bytes = encodeModel(classifier());
  let refused = 0;
  for (let length = 1; length < bytes.length; length += 7) {
    try {
      decodeModel(bytes.subarray(0, length));
    } catch (error) {
      assert.ok(error instanceof ModelError && error.code === 'file-corrupt', String(error));
      assert.match(error.message, /at byte \d+|holds 0 graphs/);
      refused += 1;
    }
  }
  assert.ok(refused > bytes.length / 7 - 10);
});

test('changed bytes never do worse than a ModelError', () => {
  const bytes = encodeModel(classifier());
  for (let i = 0; i < bytes.length; i++) {
    for (const value of [0xff, 0x00, 0x12]) {
      const broken = Uint8Array.from(bytes);
      broken[i] = value;
      try {
        for (const t of decodeModel(broken).graph.initializers) tensorValues(t, none);
      } catch (error) {
        assert.ok(error instanceof ModelError, `byte ${i} = ${value}: ${error}`);
      }
    }
  }
});

test('a number that never ends, a length beyond the end, and a wrong wire type name the byte', () => {
  const refused = (hex: string, message: RegExp) =>
    assert.throws(
      () => decodeModel(Uint8Array.from(Buffer.from(hex, 'hex'))),
      (e) => e instanceof ModelError && message.test(e.message),
    );
  refused('08ffffffffffffffffffffff', /byte \d+: a number never ends/);
  refused('08073aff01', /byte 5: 255 bytes are announced, 0 are left/);
  refused('08073801', /byte 3: wire type 2 is expected, found 0/);
  refused('0807', /holds 0 graphs/);
});

test('reading needs no code made at run time', () => {
  const read = new URL('../../src/formats/onnx/read.ts', import.meta.url).href;
  const bytes = JSON.stringify([...encodeModel(classifier())]);
  const script = `const { decodeModel } = await import('${read}'); console.log(decodeModel(Uint8Array.from(${bytes})).graph.nodes.length);`;
  const flags = ['--disallow-code-generation-from-strings', '--no-warnings', '--input-type=module', '-e'];
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, script], { encoding: 'utf8' });
  assert.equal(stdout.trim(), '5', stderr);
});
