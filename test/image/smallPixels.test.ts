/** What the network is fed, small: the mean over areas, undone to pixels. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import type { RgbImage } from '../../src/image/decode.ts';
import { preprocess } from '../../src/image/preprocess.ts';
import { smallPixels } from '../../src/image/smallPixels.ts';
import { thumbnailJpeg } from '../../src/image/thumbnail.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';

const how: Preprocessing = { resize: 'stretch', channels: 'RGB', scale: 1 / 255, mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4] };

/** The sum of overlaps of every pixel with the area of a cell. */
function slowly(tensor: Float32Array, how: Preprocessing, [height, width]: [number, number], [h, w]: [number, number]): number[][][] {
  return Array.from(how.mean, (mean, c) =>
    Array.from({ length: h }, (_, y) =>
      Array.from({ length: w }, (_, x) => {
        let [sum, area] = [0, 0];
        for (let i = 0; i < height; i++)
          for (let j = 0; j < width; j++) {
            const high = Math.max(0, Math.min(i + 1, ((y + 1) * height) / h) - Math.max(i, (y * height) / h));
            const wide = Math.max(0, Math.min(j + 1, ((x + 1) * width) / w) - Math.max(j, (x * width) / w));
            sum += high * wide * tensor[(c * height + i) * width + j]!;
            area += high * wide;
          }
        return ((sum / area) * how.std[c]! + mean) / how.scale;
      }),
    ),
  );
}

function photograph(width: number, height: number): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919 + (i >> 5) * 31) % 256);
  return {
    width,
    height,
    data,
    hash: '',
    source: { format: 'png', depth: 8, space: 'rgb', alpha: false, pages: 1, orientation: 1 },
    notes: [],
  };
}

for (const [height, width, h, w] of [
  [64, 64, 32, 32],
  [50, 70, 23, 32],
  [20, 30, 20, 30],
  [33, 100, 11, 32],
  [200, 3, 32, 1],
] as const) {
  test(`${height} × ${width} becomes ${h} × ${w}`, () => {
    const { tensor } = preprocess(photograph(90, 60), how, { channels: 3, height, width });
    const small = smallPixels(tensor, how, { channels: 3, height, width });
    assert.deepEqual([small.height, small.width, small.channels], [h, w, 3]);
    const expected = slowly(tensor, how, [height, width], [h, w]);
    small.data.forEach((pixel, i) => {
      const value = expected[i % 3]![Math.floor(i / 3 / w)]![Math.floor(i / 3) % w]!;
      assert.ok(Math.abs(pixel - value) <= 0.501, `${i}: ${pixel}, ${value}`);
    });
  });
}

test('B G R as R G B, grey as grey, transparent pixels on black', () => {
  const image = { ...photograph(40, 40), alpha: new Uint8Array(1600).fill(51) };
  const bgr: Preprocessing = { ...how, channels: 'BGR', mean: [0.1, 0.2, 0.3] };
  const size = { height: 40, width: 40 };
  const pixels = (h: Preprocessing, channels: number) => {
    const input = { channels, ...size };
    return smallPixels(preprocess(image, h, input).tensor, h, input);
  };
  const rgb = pixels(how, 3);
  const swapped = pixels(bgr, 3);
  for (const [i, pixel] of rgb.data.entries()) assert.ok(Math.abs(pixel - swapped.data[i]!) <= 1);
  assert.equal(pixels({ resize: 'stretch', channels: 'gray', scale: 1, mean: [0], std: [1] }, 1).data.length, 32 * 32);
  const clear = pixels({ resize: 'stretch', channels: 'RGBA', scale: 1, mean: [0, 0, 0, 0], std: [1, 1, 1, 1] }, 4);
  assert.equal(clear.channels, 3);
  for (const [i, pixel] of rgb.data.entries()) assert.ok(Math.abs(pixel * 0.2 - clear.data[i]!) <= 1.5);
});

test('a thumbnail shows the image', async () => {
  const image = photograph(500, 375);
  // Red on the left, blue on the right.
  image.data.forEach((_, i) => {
    image.data[i] = (i % 1500 < 750 ? i % 3 === 0 : i % 3 === 2) ? 250 : 10;
  });
  const { data, info } = await sharp(await thumbnailJpeg(image))
    .raw()
    .toBuffer({ resolveWithObject: true });
  // Blocks of 8 × 8.
  assert.deepEqual([info.width, info.height], [62, 46]);
  const at = (x: number) => [...data.subarray((24 * 62 + x) * 3, (24 * 62 + x) * 3 + 3)];
  for (const [x, colour] of [
    [5, [250, 10, 10]],
    [56, [10, 10, 250]],
  ] as const) {
    at(x).forEach((value, c) => {
      assert.ok(Math.abs(value - colour[c]!) < 12, `${at(x)}`);
    });
  }
});

test('a thumbnail of any shape has at most 64 pixels a side and at least one; of small images it has their size', async () => {
  for (const [width, height, wide, high] of [
    [20, 30, 20, 30],
    [64, 64, 64, 64],
    [65, 65, 32, 32],
    [1000, 3, 62, 1],
    [1, 700, 1, 63],
  ] as const) {
    const { info } = await sharp(await thumbnailJpeg(photograph(width, height)))
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [wide, high], `${width} × ${height}`);
  }
});
