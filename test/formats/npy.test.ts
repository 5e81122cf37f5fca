/** Bytes written by NumPy 2.4.6 (numpy.save). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNpy, writeNpy } from '../../src/formats/npy.ts';
import { ModelError } from '../../src/shared/errors.ts';

/** A file as NumPy lays it out, around the given values. */
function npy(descr: string, shape: string, hex: string, { fortran = 'False', major = 1 } = {}): Uint8Array {
  const text = `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const prefix = major === 1 ? 10 : 12;
  const header = `${text.padEnd(128 - prefix - 1)}\n`;
  const head = Buffer.alloc(prefix);
  head.write('\x93NUMPY', 'latin1');
  head[6] = major;
  if (major === 1) head.writeUInt16LE(header.length, 8);
  else head.writeUInt32LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header), Buffer.from(hex, 'hex')]);
}

const types: [string, string, number][] = [
  ['<f4', '000000000000803f0000004000004040000080c00000c842', -4],
  ['>f8', '00000000000000003ff000000000000040000000000000004008000000000000c0100000000000004059000000000000', -4],
  ['<f2', '0000003c0040004200c44056', -4],
  ['|u1', '000102030464', 4],
  ['<i8', '0000000000000000010000000000000002000000000000000300000000000000fcffffffffffffff6400000000000000', -4],
  ['>i4', '00000000000000010000000200000003fffffffc00000064', -4],
];
for (const [dtype, hex, fifth] of types) {
  test(`reads ${dtype}`, () => {
    const array = readNpy(npy(`'${dtype}'`, '(2, 3)', hex));
    assert.deepEqual([array.shape, array.dtype, [...array.data]], [[2, 3], dtype, [0, 1, 2, 3, fifth, 100]]);
  });
}

test('half precision: subnormal, infinite, NaN', () => {
  const { data } = readNpy(npy("'<f2'", '(4,)', '01000080007c007e'));
  assert.deepEqual([...data], [2 ** -24, -0, Number.POSITIVE_INFINITY, Number.NaN]);
});

test('a scalar, version 2, bytes at an odd offset of a larger buffer', () => {
  assert.deepEqual(readNpy(npy("'<f4'", '()', '0000c03f')).shape, []);
  const two = npy("'<f4'", '(1, 1)', '0000c03f', { major: 2 });
  assert.deepEqual([...readNpy(two).data], [1.5]);
  const larger = new Uint8Array(two.length + 3);
  larger.set(two, 3);
  assert.deepEqual([...readNpy(larger.subarray(3)).data], [1.5]);
});

test('writes what NumPy writes, byte for byte', () => {
  const expected =
    '934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028322c292c207d' +
    `${'20'.repeat(60)}0a0000c03f000000c0`;
  assert.equal(Buffer.from(writeNpy(Float32Array.of(1.5, -2), [2])).toString('hex'), expected);
});

test('what is written is read back', () => {
  const values = Float32Array.from({ length: 24 }, (_, i) => Math.fround(i / 7));
  const array = readNpy(writeNpy(values, [2, 3, 4]));
  assert.deepEqual([array.shape, array.data], [[2, 3, 4], values]);
});

const refused: [string, Uint8Array, ModelError['code'], RegExp][] = [
  ['other bytes', Buffer.from('hello'), 'format-unknown', /no NumPy array/],
  ['Fortran order', npy("'<f4'", '(1, 1)', '0000c03f', { fortran: 'True' }), 'unsupported', /Fortran/],
  ['complex', npy("'<c8'", '(1,)', '0000c03f00000000'), 'unsupported', /<c8/],
  ['records', npy("[('a', '<f4')]", '(1,)', '0000c03f'), 'unsupported', /record/],
  ['pickled objects', npy("'|O'", '(1,)', '00'), 'unsupported', /\|O/],
  ['too few bytes', npy("'<f4'", '(2, 3)', '0000c03f'), 'file-corrupt', /needs 152 bytes, the file has 132/],
  ['too many bytes', npy("'<f4'", '(1,)', '0000c03f00'), 'file-corrupt', /needs 132/],
  ['a huge shape', npy("'<f4'", '(999999999, 999999999)', ''), 'file-too-large', /999999999×999999999/],
  ['header cut off', npy("'<f4'", '(1,)', '').subarray(0, 60), 'file-corrupt', /header/],
  ['version 9', npy("'<f4'", '(1,)', '', { major: 9 }), 'unsupported', /version 9/],
];
for (const [name, bytes, code, message] of refused) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => readNpy(bytes),
      (error: unknown) => error instanceof ModelError && error.code === code && message.test(error.message),
    );
  });
}
