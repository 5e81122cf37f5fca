/** Where evidence lies, against plain loops in double precision and maps whose answer is known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averagedCells, onBorder, onObject, positiveEvidence } from '../../src/explain/evidence.ts';
import { noise } from '../support/onnxModels.ts';

const mapOf = (height: number, width: number, seed: number) => ({ height, width, values: Float32Array.from(noise(height * width, seed)) });

/** max(0, v) of cells, bilinear, at one place; half-pixel centres. */
function sampled({ values, height, width }: ReturnType<typeof mapOf>, y: number, x: number): number {
  const clamp = (i: number, size: number) => Math.min(size - 1, Math.max(0, i));
  const at = (i: number, j: number) => Math.max(0, values[clamp(i, height) * width + clamp(j, width)]!);
  const [fy, fx] = [y * height - 0.5, x * width - 0.5];
  const [i, j] = [Math.floor(fy), Math.floor(fx)];
  const [dy, dx] = [fy - i, fx - j];
  return (1 - dy) * ((1 - dx) * at(i, j) + dx * at(i, j + 1)) + dy * ((1 - dx) * at(i + 1, j) + dx * at(i + 1, j + 1));
}

const near = (a: number, b: number, within = 1e-6) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

for (const [height, width, fedHeight, fedWidth] of [
  [4, 4, 64, 64],
  [7, 5, 50, 37],
  [13, 13, 227, 227],
  [12, 20, 12, 20],
] as const) {
  test(`a map of ${height} × ${width} at ${fedHeight} × ${fedWidth} pixels: as loops say`, () => {
    const map = mapOf(height, width, height);
    const size = { height: fedHeight, width: fedWidth };
    const evidence = positiveEvidence(map, size);
    const mask = { ...size, values: Float32Array.from(noise(fedHeight * fedWidth, 9), (v) => (v > 0 ? 1 : v < -0.5 ? 0.25 : 0)) };
    let [all, border, object, area] = [0, 0, 0, 0];
    for (let y = 0; y < fedHeight; y++) {
      for (let x = 0; x < fedWidth; x++) {
        const value = sampled(map, (y + 0.5) / fedHeight, (x + 0.5) / fedWidth);
        near(evidence[y * fedWidth + x]!, value);
        // How much of the pixel lies on the border: 32 × 32 points of it are asked.
        const points = 32;
        let out = 0;
        for (let i = 0; i < points; i++) {
          for (let j = 0; j < points; j++) {
            const [py, px] = [(y + (i + 0.5) / points) / fedHeight, (x + (j + 0.5) / points) / fedWidth];
            if (Math.min(py, 1 - py, px, 1 - px) < 0.25) out++;
          }
        }
        all += value;
        border += (value * out) / points ** 2;
        object += value * mask.values[y * fedWidth + x]!;
        area += mask.values[y * fedWidth + x]!;
      }
    }
    near(onBorder(map, size, 0.25).share, border / all, 1e-3);
    near(onObject(map, mask).share, object / all);
    near(onObject(map, mask).area, area / (fedHeight * fedWidth));
    // The hottest of a fine grid of points.
    let best = { value: -1, x: 0, y: 0 };
    for (let y = 0; y < height * 8; y++) {
      for (let x = 0; x < width * 8; x++) {
        const [py, px] = [(y + 0.5) / (height * 8), (x + 0.5) / (width * 8)];
        const value = sampled(map, py, px);
        if (value > best.value) best = { value, x: px, y: py };
      }
    }
    assert.equal(onBorder(map, size, 0.25).peak, Math.min(best.x, 1 - best.x, best.y, 1 - best.y) < 0.25);
  });
}

test('an even map has exactly the share of the area, whatever the size; a spot in the middle has none on the border', () => {
  const even = { height: 3, width: 3, values: new Float32Array(9).fill(2) };
  for (const side of [10, 37, 227]) near(onBorder(even, { height: side, width: side }, 0.25).share, 0.75, 1e-12);
  // All nine cells are the hottest, one is not on the border.
  assert.equal(onBorder(even, { height: 37, width: 37 }, 0.25).peak, false);
  const spot = { height: 9, width: 9, values: new Float32Array(81) };
  spot.values[40] = 1;
  assert.deepEqual(onBorder(spot, { height: 90, width: 90 }, 0.25), { share: 0, peak: false });
  const corner = { height: 9, width: 9, values: new Float32Array(81) };
  corner.values[80] = 1;
  corner.values[40] = -5;
  assert.deepEqual(onBorder(corner, { height: 90, width: 90 }, 0.25), { share: 1, peak: true });
});

test('a map without positive values has no evidence anywhere', () => {
  const against = { height: 2, width: 2, values: Float32Array.of(-1, 0, -2, -3) };
  const { share, peak } = onBorder(against, { height: 8, width: 8 }, 0.25);
  assert.ok(Number.isNaN(share) && !peak);
  const { share: onIt, peak: peakOnIt } = onObject(against, { height: 8, width: 8, values: new Float32Array(64).fill(1) });
  assert.ok(Number.isNaN(onIt) && !peakOnIt);
});

test('the hottest point on an object: the pixel at the centre of the hottest cell', () => {
  const map = { height: 4, width: 4, values: Float32Array.from({ length: 16 }, (_, i) => (i === 6 ? 1 : 0)) };
  const values = new Float32Array(64);
  // Cell 6 is row 1, column 2: pixels 2..3 and 4..5 of 8; its centre belongs to pixel (3, 5).
  values[3 * 8 + 5] = 1;
  assert.equal(onObject(map, { height: 8, width: 8, values }).peak, true);
  assert.equal(onObject(map, { height: 8, width: 8, values: values.map((v) => 1 - v) }).peak, false);
});

test('averaged over cells: whole factors, parts of cells, and the mean stays', () => {
  const small = mapOf(5, 32, 1);
  assert.equal(averagedCells(small, 32), small);
  const map = mapOf(64, 50, 2);
  const { values, height, width } = averagedCells(map, 32);
  assert.deepEqual([height, width], [32, 32]);
  // Each old cell as 32 × 32 points: new cells have whole numbers of them.
  for (const [y, x] of [
    [0, 0],
    [3, 17],
    [31, 31],
    [16, 5],
  ] as const) {
    let [sum, count] = [0, 0];
    for (let i = 0; i < 64; i++) {
      for (let j = 0; j < 50 * 32; j++) {
        if (Math.floor(i / 2) !== y || Math.floor(j / 50) !== x) continue;
        sum += map.values[i * 50 + Math.floor(j / 32)]!;
        count++;
      }
    }
    near(values[y * 32 + x]!, sum / count);
  }
  const mean = (all: Float32Array) => all.reduce((a, b) => a + b, 0) / all.length;
  near(mean(values), mean(map.values));
});
