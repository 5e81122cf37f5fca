import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import type { RgbImage } from '../../src/image/decode.ts';
import { displayPng } from '../../src/image/display.ts';
import { overlayPixels, overlayPng } from '../../src/image/overlay.ts';
import { encodePng } from '../../src/image/png.ts';
import { sampleColorMap } from '../../src/shared/colorMaps.ts';

function flatImage(width: number, height: number, value: number): RgbImage {
  const source = { format: 'png', depth: 8, space: 'rgb', alpha: false, pages: 1, orientation: 1 } as const;
  return { width, height, data: new Uint8Array(width * height * 3).fill(value), hash: '', source, notes: [] };
}

const pixel = (data: Uint8Array, i: number) => [...data.subarray(i * 3, i * 3 + 3)];
const image = flatImage(4, 1, 100);
const covers = { x: 0, y: 0, width: 4, height: 1 };
const ramp = { values: Float32Array.of(0, 1), width: 2, height: 1 };

test('a map is interpolated at half-pixel centres and coloured', () => {
  const { data } = overlayPixels(image, ramp, { covers, relu: true, signed: true, colorMap: 'magma', opacity: 1 });
  [0, 0.25, 0.75, 1].forEach((t, i) => {
    assert.deepEqual(pixel(data, i), sampleColorMap('magma', t));
  });
});

test('opacity blends, the image itself stays', () => {
  const { data } = overlayPixels(image, ramp, { covers, relu: false, signed: false, colorMap: 'gray', opacity: 0.25 });
  assert.deepEqual(pixel(data, 3), [139, 139, 139]);
  assert.deepEqual(pixel(data, 0), [75, 75, 75]);
  assert.equal(image.data[0], 100);
});

test('a signed map has 0 in the middle of a diverging map, whatever is asked for', () => {
  const map = { values: Float32Array.of(0, 0, 4, -2), width: 4, height: 1 };
  const { data } = overlayPixels(image, map, { covers, relu: false, signed: true, colorMap: 'viridis', opacity: 1 });
  assert.deepEqual(pixel(data, 0), sampleColorMap('coolwarm', 0.5));
  assert.deepEqual(pixel(data, 2), sampleColorMap('coolwarm', 1));
  assert.deepEqual(pixel(data, 3), sampleColorMap('coolwarm', 0.25));
});

test('relu is applied before interpolation', () => {
  const map = { values: Float32Array.of(-3, 1), width: 2, height: 1 };
  const { data } = overlayPixels(image, map, { covers, relu: true, signed: true, colorMap: 'gray', opacity: 1 });
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => pixel(data, i)[0]),
    [0, 64, 192, 255],
  );
});

test('a flat map and cells that are not computed leave the image alone', () => {
  const flat = { values: Float32Array.of(2, 2), width: 2, height: 1 };
  assert.deepEqual(overlayPixels(image, flat, { covers, relu: true, signed: false }).data, image.data);
  const partial = { values: Float32Array.of(0, 1, Number.NaN, Number.NaN), width: 4, height: 1 };
  const { data } = overlayPixels(image, partial, { covers, relu: true, signed: false, opacity: 1 });
  assert.deepEqual(pixel(data, 1), sampleColorMap('viridis', 1));
  assert.deepEqual(pixel(data, 2), [100, 100, 100]);
});

test('the map lies on the part of the image that was fed', () => {
  const cut = overlayPixels(image, ramp, { covers: { x: 1, y: 0, width: 2, height: 1 }, relu: true, signed: false, opacity: 1 });
  assert.deepEqual(pixel(cut.data, 0), [100, 100, 100]);
  assert.deepEqual(pixel(cut.data, 1), sampleColorMap('viridis', 0));
  assert.deepEqual(pixel(cut.data, 2), sampleColorMap('viridis', 1));
  assert.deepEqual(pixel(cut.data, 3), [100, 100, 100]);
  // Padded by a whole image to the left: only the right half of the map is seen.
  const padded = overlayPixels(image, ramp, { covers: { x: -4, y: 0, width: 8, height: 1 }, relu: true, signed: false, opacity: 1 });
  assert.deepEqual(pixel(padded.data, 3), sampleColorMap('viridis', 1));
  assert.deepEqual(pixel(padded.data, 0), sampleColorMap('viridis', 0.625));
});

test('the picture is a PNG of at most 1024 pixels', async () => {
  const wide = flatImage(3000, 10, 7);
  const png = await overlayPng(wide, ramp, { covers: { x: 0, y: 0, width: 3000, height: 10 }, relu: true, signed: false });
  const metadata = await sharp(png).metadata();
  assert.deepEqual([metadata.format, metadata.width, metadata.height, metadata.channels], ['png', 1024, 3, 3]);
});

test('encodePng keeps every byte, in a buffer of its own', async () => {
  for (const channels of [1, 3, 4]) {
    const data = Uint8Array.from({ length: 6 * channels }, (_, i) => i * 10);
    const png = await encodePng({ width: 3, height: 2, channels, data });
    assert.equal(png.buffer.byteLength, png.byteLength);
    const back = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    const every = back.info.channels / channels;
    assert.deepEqual(
      [...back.data].filter((_, i) => i % every === 0),
      [...data],
      `${channels} channels`,
    );
  }
});

test('a picture for the page is the image, made smaller only where it must be', async () => {
  const source = { ...flatImage(30, 20, 0), data: Uint8Array.from({ length: 1800 }, (_, i) => i % 251) };
  const same = await displayPng(source);
  assert.deepEqual([same.width, same.height], [30, 20]);
  assert.deepEqual(new Uint8Array(await sharp(same.png).raw().toBuffer()), source.data);
  const smaller = await displayPng(source, 15);
  const metadata = await sharp(smaller.png).metadata();
  assert.deepEqual([smaller.width, smaller.height, metadata.width, metadata.height], [15, 10, 15, 10]);
});
