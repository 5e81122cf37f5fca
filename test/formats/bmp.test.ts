import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBmp } from '../../src/formats/bmp.ts';
import { ModelError } from '../../src/shared/errors.ts';

interface Layout {
  width: number;
  height: number;
  bits: number;
  compression?: number;
  /** B G R 0 per colour. */
  palette?: number[];
  masks?: number[];
  pixels: number[];
  /** Bytes between the headers and the pixels. */
  gap?: number;
}

function bmp({ width, height, bits, compression = 0, palette = [], masks = [], pixels, gap = 0 }: Layout): Uint8Array {
  const start = 54 + masks.length * 4 + palette.length + gap;
  const head = Buffer.alloc(54 + masks.length * 4);
  head.write('BM');
  head.writeUInt32LE(start, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(bits, 28);
  head.writeUInt32LE(compression, 30);
  head.writeUInt32LE(palette.length / 4, 46);
  masks.forEach((mask, i) => {
    head.writeUInt32LE(mask, 54 + i * 4);
  });
  return Buffer.concat([head, Buffer.from(palette), Buffer.alloc(gap), Buffer.from(pixels)]);
}

const decode = (layout: Layout) => [...decodeBmp(bmp(layout), () => {}).data];
/** Palette whose colour i is grey i. */
const greys = (count: number) => Array.from({ length: count }, (_, i) => [i, i, i, 0]).flat();
/** First channel of each pixel: the index, with that palette. */
const indices = (layout: Layout) => decode(layout).filter((_, i) => i % 3 === 0);

test('24 bit: B G R, bottom row first, rows padded; top row first with negative height', () => {
  const pixels = [1, 2, 3, 0, 4, 5, 6, 0];
  assert.deepEqual(decode({ width: 1, height: 2, bits: 24, pixels }), [6, 5, 4, 3, 2, 1]);
  assert.deepEqual(decode({ width: 1, height: -2, bits: 24, pixels }), [3, 2, 1, 6, 5, 4]);
  assert.deepEqual(decode({ width: 1, height: 2, bits: 24, pixels, gap: 10 }), [6, 5, 4, 3, 2, 1]);
});

test('32 bit leaves the fourth byte out; masks name other orders', () => {
  assert.deepEqual(decode({ width: 1, height: 1, bits: 32, pixels: [1, 2, 3, 99] }), [3, 2, 1]);
  const masks = [0xff000000, 0x00ff0000, 0x0000ff00];
  assert.deepEqual(decode({ width: 1, height: 1, bits: 32, compression: 3, masks, pixels: [99, 3, 2, 255] }), [255, 2, 3]);
});

test('16 bit: 5-5-5, and 5-6-5 by masks, scaled to 255', () => {
  const word = (value: number) => [value & 255, value >> 8, 0, 0];
  assert.deepEqual(decode({ width: 1, height: 1, bits: 16, pixels: word((31 << 10) | (16 << 5) | 1) }), [255, 131, 8]);
  const masks = [0xf800, 0x7e0, 0x1f];
  const pixels = word((31 << 11) | (32 << 5));
  assert.deepEqual(decode({ width: 1, height: 1, bits: 16, compression: 3, masks, pixels }), [255, 129, 0]);
});

test('palettes of 8, 4 and 1 bit', () => {
  assert.deepEqual(decode({ width: 2, height: 1, bits: 8, palette: [1, 2, 3, 0, 4, 5, 6, 0], pixels: [1, 0, 0, 0] }), [6, 5, 4, 3, 2, 1]);
  assert.deepEqual(indices({ width: 3, height: 1, bits: 4, palette: greys(16), pixels: [0x5a, 0xf0, 0, 0] }), [5, 10, 15]);
  assert.deepEqual(indices({ width: 9, height: 1, bits: 1, palette: greys(2), pixels: [0xa0, 0x80, 0, 0] }), [1, 0, 1, 0, 0, 0, 0, 0, 1]);
});

test("RLE8: Microsoft's example", () => {
  const pixels = [3, 4, 5, 6, 0, 3, 0x45, 0x56, 0x67, 0, 2, 0x78, 0, 2, 5, 1, 2, 0x78, 0, 0, 9, 0x1e, 0, 1];
  const rows = indices({ width: 20, height: -3, bits: 8, compression: 1, palette: greys(256), pixels });
  assert.deepEqual(rows.slice(0, 13), [4, 4, 4, 6, 6, 6, 6, 6, 0x45, 0x56, 0x67, 0x78, 0x78]);
  assert.deepEqual(rows.slice(20 + 18, 40), [0x78, 0x78]);
  assert.deepEqual(rows.slice(40), [...Array(9).fill(0x1e), ...Array(11).fill(0)]);
});

test("RLE4: Microsoft's example", () => {
  const pixels = [3, 4, 5, 6, 0, 6, 0x45, 0x56, 0x67, 0, 4, 0x78, 0, 2, 5, 1, 4, 0x78, 0, 0, 9, 0x1e, 0, 1];
  const rows = indices({ width: 27, height: -3, bits: 4, compression: 2, palette: greys(16), pixels });
  assert.deepEqual(rows.slice(0, 18), [0, 4, 0, 0, 6, 0, 6, 0, 4, 5, 5, 6, 6, 7, 7, 8, 7, 8]);
  assert.deepEqual(rows.slice(27 + 23, 54), [7, 8, 7, 8]);
  assert.deepEqual(rows.slice(54, 64), [1, 14, 1, 14, 1, 14, 1, 14, 1, 0]);
});

test('OS/2 header', () => {
  const head = Buffer.alloc(26);
  head.write('BM');
  head.writeUInt32LE(32, 10);
  head.writeUInt32LE(12, 14);
  head.writeUInt16LE(2, 18);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt16LE(1, 24);
  const file = Buffer.concat([head, Buffer.from([1, 2, 3, 4, 5, 6]), Buffer.from([0x40, 0, 0, 0])]);
  assert.deepEqual([...decodeBmp(file, () => {}).data], [3, 2, 1, 6, 5, 4]);
});

const refused: [string, Layout, ModelError['code'], RegExp][] = [
  ['cut off', { width: 4, height: 4, bits: 24, pixels: [1, 2, 3] }, 'file-corrupt', /ends before its last row/],
  ['runs cut off', { width: 4, height: 4, bits: 8, compression: 1, palette: greys(4), pixels: [2, 1, 0] }, 'file-corrupt', /ends inside/],
  ['a colour outside the palette', { width: 1, height: 1, bits: 8, palette: greys(2), pixels: [7, 0, 0, 0] }, 'file-corrupt', /colour 7/],
  ['a JPEG inside', { width: 1, height: 1, bits: 24, compression: 4, pixels: [0, 0, 0, 0] }, 'unsupported', /compression 4/],
  ['odd depth', { width: 1, height: 1, bits: 2, pixels: [0, 0, 0, 0] }, 'unsupported', /2 bits/],
];
for (const [name, layout, code, message] of refused) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => decode(layout),
      (error: unknown) => error instanceof ModelError && error.code === code && message.test(error.message),
    );
  });
}

test('the size is checked before pixels are allocated', () => {
  const stop = new Error('too large');
  const huge = bmp({ width: 0x7fffffff, height: 0x7fffffff, bits: 8, compression: 1, palette: greys(4), pixels: [] });
  assert.throws(
    () =>
      decodeBmp(huge, () => {
        throw stop;
      }),
    stop,
  );
});
