/** What is said of a map's range, and probabilities. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapRange } from '../../src/explain/map.ts';
import { probabilities, ranking } from '../../src/explain/scores.ts';

const signed = { relu: false, signed: true, unit: '' };
const relu = { relu: true, signed: true, unit: '' };
const range = (values: number[], kind = signed) => mapRange(Float32Array.from(values), kind);

test('a map that says nothing is said to say nothing', () => {
  assert.deepEqual(range([1, -2, 3]), { min: -2, max: 3, flat: undefined });
  assert.match(range([0, 0, 0]).flat ?? '', /0 everywhere/);
  assert.match(range([5, 5, 5.000001]).flat ?? '', /flat: every cell is 5/);
  assert.match(range([-1, -2], relu).flat ?? '', /negative everywhere \(-2 to -1\)/);
  assert.equal(range([-1, -2]).flat, undefined, 'negative is fine where it is drawn');
  assert.equal(range([-1, 1e-9], relu).flat, undefined);
});

test('cells not computed yet do not count', () => {
  assert.deepEqual(range([Number.NaN, 1, 2]), { min: 1, max: 2, flat: undefined });
  const none = range([Number.NaN, Number.NaN]);
  assert.ok(Number.isNaN(none.min) && Number.isNaN(none.max) && none.flat === undefined);
});

test('softmax of large logits, and sigmoid of each', () => {
  const p = probabilities(Float32Array.of(1000, 1000 + Math.log(3), -1000), 'softmax');
  assert.ok(Math.abs((p[0] as number) - 0.25) < 1e-4 && Math.abs((p[1] as number) - 0.75) < 1e-4 && p[2] === 0);
  assert.deepEqual([...probabilities(Float32Array.of(0, 1000, -1000), 'sigmoid')], [0.5, 1, 0]);
  assert.deepEqual([...probabilities(Float32Array.of(3), 'softmax')], [1]);
});

test('ranking: highest first, equal ones in class order', () => {
  assert.deepEqual(ranking(Float32Array.of(1, 3, 2, 3)), [1, 3, 2, 0]);
});
