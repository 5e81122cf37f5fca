// The checked reader over buffers that the flatbuffers package writes, and over ones that are damaged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Builder } from 'flatbuffers';
import { rootTable, type Table } from '../../src/formats/flatbuffers/table.ts';
import { ModelError } from '../../src/shared/errors.ts';

/** A root table with one field of every kind that is read. */
function example(): Uint8Array {
  const b = new Builder(64);
  const text = b.createString('grüße');
  const ints = vector(b, [3, -1], 4, (v) => b.addInt32(v));
  const longs = vector(b, [2 ** 40, -5], 8, (v) => b.addInt64(BigInt(v)));
  const floats = vector(b, [0.5, -2], 4, (v) => b.addFloat32(v));
  const bytes = vector(b, [1, 2, 255], 1, (v) => b.addInt8(v));
  b.startObject(1);
  b.addFieldInt32(0, 7, 0);
  const child = b.endObject();
  const children = vector(b, [child, child], 4, (v) => b.addOffset(v));
  b.startObject(13);
  b.addFieldInt8(0, 1, 0);
  b.addFieldInt8(1, -3, 0);
  b.addFieldInt32(2, -70_000, 0);
  b.addFieldFloat32(3, 1.5, 0);
  b.addFieldInt64(4, 2n ** 41n, 0n);
  for (const [field, offset] of [text, ints, longs, floats, bytes, child, children].entries()) b.addFieldOffset(5 + field, offset, 0);
  b.finish(b.endObject(), 'TEST');
  return new Uint8Array(b.asUint8Array());
}

function vector(b: Builder, values: readonly number[], size: number, add: (value: number) => void): number {
  b.startVector(size, values.length, size);
  for (const value of [...values].reverse()) add(value);
  return b.endVector();
}

/** Everything, in the order of the fields. */
function readAll(t: Table): unknown[] {
  return [
    t.bool(0),
    t.int8(1),
    t.int32(2),
    t.float(3),
    t.uint64(4),
    t.string(5, 'text'),
    t.int32s(6, 'ints'),
    t.int64s(7, 'longs'),
    t.floats(8, 'floats'),
    Array.from(t.bytes(9, 'bytes') ?? []),
    t.table(10, 'child')?.int32(0),
    t.tables(11, 'children').map((child) => child.int32(0)),
  ];
}

const root = (bytes: Uint8Array) => rootTable(bytes, 'Test', 'TEST');

test('fields of every kind, and those that are absent', () => {
  const values = [true, -3, -70_000, 1.5, 2 ** 41, 'grüße', [3, -1], [2 ** 40, -5], [0.5, -2], [1, 2, 255], 7, [7, 7]];
  assert.deepEqual(readAll(root(example())), values);
  const child = root(example()).table(10, 'child') as Table;
  assert.deepEqual(readAll(child), [true, 0, 0, 0, 0, undefined, undefined, undefined, undefined, [], undefined, []]);
  assert.equal(child.int32(3, 5), 5);
  assert.equal(child.has(3), false);
});

test('bytes that stand at an odd place of a larger buffer', () => {
  const shifted = new Uint8Array([9, ...example()]).subarray(1);
  assert.deepEqual(readAll(root(shifted)), readAll(root(example())));
});

/** `bytes` with a little-endian number of 32 bits at `at`. */
function patched(bytes: Uint8Array, at: number, value: number): Uint8Array {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value, true);
  return bytes;
}

/** Where a field of the root table stands. */
function placeOf(field: number): number {
  const bytes = example();
  const view = new DataView(bytes.buffer);
  const table = view.getUint32(0, true);
  const vtable = table - view.getInt32(table, true);
  return table + view.getUint16(vtable + 4 + 2 * field, true);
}

test('what is damaged is refused with the byte and the path', () => {
  const view = new DataView(example().buffer);
  const table = view.getUint32(0, true);
  const place = placeOf(6);
  const start = place + view.getUint32(place, true);
  const size = example().length;
  const cases: [bytes: Uint8Array, message: string, where: string][] = [
    [new Uint8Array(0), 'at byte 0: 4 bytes are expected, 0 are left', 'Test'],
    [patched(example(), 4, 0x58585858), `at byte 4: the file identifier is "XXXX", not 'TEST'`, 'Test'],
    [patched(example(), 0, 2 ** 31), `at byte 0: an offset leads to byte ${2 ** 31}, outside the file`, 'Test'],
    [patched(example(), 0, 0), 'at byte 0: an offset leads to byte 0, outside the file', 'Test'],
    [patched(example(), table, 2 ** 30), `at byte ${table}: its vtable would be at byte ${table - 2 ** 30}, outside the file`, 'Test'],
    [patched(example(), start, 2 ** 31), `at byte ${start + 4}: ${2 ** 33} bytes are expected, ${size - start - 4} are left`, 'Test.ints'],
  ];
  for (const [bytes, message, where] of cases) {
    assert.throws(
      () => readAll(root(bytes)),
      (error) => {
        assert.ok(error instanceof ModelError);
        assert.equal(error.message, `The file is damaged or truncated ${message}.`);
        assert.deepEqual([error.code, error.where], ['file-corrupt', where]);
        return true;
      },
    );
  }
});

/** A vector of `count` offsets that all lead to one table, which holds that many numbers. */
function overlapping(count: number): Uint8Array {
  const b = new Builder(64);
  const ints = vector(b, new Array<number>(count).fill(1), 4, (v) => b.addInt32(v));
  b.startObject(1);
  b.addFieldOffset(0, ints, 0);
  const child = b.endObject();
  const children = vector(b, new Array<number>(count).fill(child), 4, (v) => b.addOffset(v));
  b.startObject(1);
  b.addFieldOffset(0, children, 0);
  b.finish(b.endObject());
  return b.asUint8Array();
}

test('tables that overlap are counted: a small file cannot stand for much', () => {
  const bytes = overlapping(20_000);
  const started = process.memoryUsage().heapUsed;
  const read = () =>
    rootTable(bytes, 'Test')
      .tables(0, 'children')
      .map((child) => child.int32s(0, 'ints'));
  assert.throws(read, /more is announced than a file of this size can hold; parts of it overlap/);
  const used = process.memoryUsage().heapUsed - started;
  assert.ok(used < 64 * 2 ** 20, `${used} bytes were used for a file of ${bytes.length}`);
});
