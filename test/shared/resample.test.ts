import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resizeBilinear, sampleBilinear } from '../../src/shared/resample.ts';

test('half-pixel centres: [0,1] to 4', () => {
  assert.deepEqual([...resizeBilinear(Float32Array.of(0, 1), 1, 2, 1, 4)], [0, 0.25, 0.75, 1]);
  assert.deepEqual([...resizeBilinear(Float32Array.of(0, 1), 2, 1, 4, 1)], [0, 0.25, 0.75, 1]);
});

test('two dimensions, odd factor', () => {
  // torch.nn.functional.interpolate([[0,3],[6,9]], size=3, mode='bilinear'): values are linear between the centres.
  assert.deepEqual([...resizeBilinear(Float32Array.of(0, 3, 6, 9), 2, 2, 3, 3)], [0, 1.5, 3, 3, 4.5, 6, 6, 7.5, 9]);
});

test('the same size changes nothing', () => {
  const values = Float32Array.of(5, -1, 2, 8, 0.5, 7);
  assert.deepEqual(resizeBilinear(values, 2, 3, 2, 3), values);
});

test('cells not computed stay empty, known ones beside them keep their value', () => {
  const values = Float32Array.of(4, Number.NaN);
  assert.deepEqual([...resizeBilinear(values, 1, 2, 1, 4)], [4, 4, Number.NaN, Number.NaN]);
});

test('a point of a map: cell (i, j) covers [j, j+1)×[i, i+1), outside the border repeats', () => {
  const values = Float32Array.of(0, 10, 20, 30);
  assert.equal(sampleBilinear(values, 2, 2, 0.5, 0.5), 0);
  assert.equal(sampleBilinear(values, 2, 2, 1, 1), 15);
  assert.equal(sampleBilinear(values, 2, 2, 1.5, 1.5), 30);
  assert.equal(sampleBilinear(values, 2, 2, -5, 9), 20);
});
