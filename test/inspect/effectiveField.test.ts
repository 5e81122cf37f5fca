/** The smallest box against brute force over all boxes, and what "smallest" means where several are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveField, smallestBox } from '../../src/inspect/effectiveField.ts';
import { Random } from '../../src/shared/random.ts';

/** Of all boxes that hold the share: least area, then most held, then the first in row-major order. */
function bruteForce(weights: Float64Array, height: number, width: number, share: number) {
  const total = weights.reduce((a, b) => a + b, 0);
  let best = { x: 0, y: 0, width, height, held: total };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let h = 1; y + h <= height; h++)
        for (let w = 1; x + w <= width; w++) {
          let held = 0;
          for (let i = y; i < y + h; i++) for (let j = x; j < x + w; j++) held += weights[i * width + j] as number;
          const smaller = w * h - best.width * best.height;
          if (held >= share * total && (smaller < 0 || (smaller === 0 && held > best.held))) best = { x, y, width: w, height: h, held };
        }
  return best;
}

test('the smallest box is that of brute force, on maps of whole numbers', () => {
  const generator = Random.seeded(7);
  const random = () => generator.bits() / 2 ** 32;
  for (let round = 0; round < 300; round++) {
    const height = 1 + Math.floor(random() * 8);
    const width = 1 + Math.floor(random() * 8);
    // Mostly empty, evenly full, or with one heavy cell.
    const kind = round % 3;
    const weights = Float64Array.from({ length: height * width }, () => {
      const v = Math.floor(random() * 16);
      return kind === 0 ? (v < 11 ? 0 : v) : kind === 1 ? v : v === 0 ? 400 : v;
    });
    if (weights.every((v) => v === 0)) continue;
    const share = [0.5, 0.75, 1][round % 3 === 2 ? 0 : round % 2 === 0 ? 1 : 2] as number;
    const { held, ...expected } = bruteForce(weights, height, width, share);
    const found = smallestBox(weights, { height, width }, share);
    assert.ok(found);
    assert.equal(found.width * found.height, expected.width * expected.height, `round ${round}: area`);
    let sum = 0;
    for (let i = found.y; i < found.y + found.height; i++)
      for (let j = found.x; j < found.x + found.width; j++) sum += weights[i * width + j] as number;
    assert.equal(sum, held, `round ${round}: weight held`);
  }
});

test('channels are added by size, not by sign', () => {
  const [height, width] = [6, 5];
  const gradient = new Float32Array(2 * height * width);
  // 1 and −1 at one cell do not cancel; a twentieth of all lies elsewhere.
  gradient[2 * width + 3] = 95;
  gradient[height * width + 2 * width + 3] = -95;
  gradient[5 * width] = 10;
  assert.deepEqual(effectiveField(gradient, { height, width }), { x: 3, y: 2, width: 1, height: 1 });
  gradient[5 * width] = 10.5;
  assert.deepEqual(effectiveField(gradient, { height, width }), { x: 0, y: 2, width: 4, height: 4 });
});

test('no gradient has no effective field', () => {
  assert.equal(effectiveField(new Float32Array(12), { height: 2, width: 2 }), undefined);
});

test('a gradient that is even needs nineteen twentieths of the input', () => {
  assert.deepEqual(effectiveField(new Float32Array(3 * 400).fill(-1), { height: 20, width: 20 }), { x: 0, y: 0, width: 20, height: 19 });
});
