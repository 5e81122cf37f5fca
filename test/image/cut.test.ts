/** Parts of images: which pixels come out, what is black, how large. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, inImage } from '../../src/image/cut.ts';
import { resample } from '../../src/image/resample.ts';
import { noise } from '../support/onnxModels.ts';

/** Every pixel says where it is: [row, column, 200]. */
function placed(width: number, height: number) {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set([Math.floor(i / width), i % width, 200], i * 3);
  return { width, height, data };
}

const pixels = ({ data }: { data: Uint8Array }) =>
  Array.from({ length: data.length / 3 }, (_, i) => Array.from(data.subarray(i * 3, i * 3 + 3)));

test('whole pixels come out as they are', () => {
  const part = cut(placed(10, 8), { x: 3, y: 2, width: 4, height: 3 }, 100);
  assert.deepEqual([part.width, part.height], [4, 3]);
  assert.deepEqual(
    pixels(part),
    [2, 3, 4].flatMap((r) => [3, 4, 5, 6].map((c) => [r, c, 200])),
  );
});

test('what sticks out is black, on every side', () => {
  const part = cut(placed(3, 2), { x: -2, y: -1, width: 6, height: 4 }, 100);
  const expected = [-1, 0, 1, 2].flatMap((r) =>
    [-2, -1, 0, 1, 2, 3].map((c) => (r >= 0 && r < 2 && c >= 0 && c < 3 ? [r, c, 200] : [0, 0, 0])),
  );
  assert.deepEqual(pixels(part), expected);
  assert.ok(
    cut(placed(3, 2), { x: 3, y: 0, width: 2, height: 2 }, 100).data.every((v) => v === 0),
    'beside the image',
  );
  assert.ok(
    cut(placed(3, 2), { x: -9, y: -9, width: 2, height: 2 }, 100).data.every((v) => v === 0),
    'before it',
  );
});

test('large parts are averaged down to the largest side, small ones are never enlarged', () => {
  const image = { width: 60, height: 40, data: Uint8Array.from(noise(60 * 40 * 3), (v) => Math.round((v + 1) * 127)) };
  const part = cut(image, { x: 10, y: 5, width: 40, height: 20 }, 16);
  assert.deepEqual([part.width, part.height], [16, 8]);
  const box = { x: 10, y: 5, width: 40, height: 20 };
  assert.deepEqual(part.data, resample({ ...image, channels: 3 }, { box, width: 16, height: 8 }).data);
  assert.deepEqual(
    [cut(image, { x: 0, y: 0, width: 2, height: 3 }, 64).width, cut(image, { x: 4, y: 4, width: 0.3, height: 0.2 }, 64).height],
    [2, 1],
  );
  // Half of it outside: the image's half keeps its place.
  const half = cut(image, { x: 40, y: 0, width: 40, height: 40 }, 20);
  assert.deepEqual([half.width, half.height], [20, 20]);
  const row = pixels(half).slice(0, 20);
  assert.ok(row.slice(0, 10).every(([r, g, b]) => r! + g! + b! > 0) && row.slice(10).every(([r, g, b]) => r! + g! + b! === 0));
});

test('input pixels are image pixels by the part of the image that the input shows', () => {
  // 200 × 100 pixels in an input of 50 × 50, all of it and black above and below: 4 pixels of the image each.
  const covers = { x: 0, y: -50, width: 200, height: 200 };
  assert.deepEqual(inImage(covers, { height: 50, width: 50 }, { x: 10, y: 0, width: 5, height: 20 }), {
    x: 40,
    y: -50,
    width: 20,
    height: 80,
  });
  // Squeezed: a pixel of the input is 2 wide and 3 high.
  const squeezed = { x: 7, y: 1, width: 20, height: 30 };
  assert.deepEqual(inImage(squeezed, { height: 10, width: 10 }, { x: 1, y: 2, width: 3, height: 4 }), { x: 9, y: 7, width: 6, height: 12 });
});
