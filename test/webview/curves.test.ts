/** Paths and round numbers of the charts, without a browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/shared/random.ts';
import { indexAt } from '../../webview/draw/curve.ts';
import { curvePath } from '../../webview/draw/curvePath.ts';
import { linearTicks, logTicks } from '../../webview/draw/ticks.ts';

const plain = { x: (at: number) => at, y: (value: number) => value, column: 1 };

/** Points of path data. */
function points(path: string): [number, number][] {
  return [...path.matchAll(/[ML ]?(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

test('a gap wherever a value is missing, a point where it stands alone', () => {
  const { line, singles } = curvePath([0, 1, 2, 3, 4, 5, 6], [1, 2, Number.NaN, 4, Number.POSITIVE_INFINITY, 6, 7], plain);
  assert.deepEqual([line, singles], ['M0 1 1 2M5 6 6 7', 'M3 4h0']);
  assert.deepEqual(curvePath([], [], plain), { line: '', singles: '' });
});

test('thinned out: every column keeps its first, last, lowest and highest', () => {
  const random = Random.seeded(2);
  const n = 5000;
  const x = Float64Array.from({ length: n }, (_, i) => (i / n) * 300);
  const y = Float64Array.from({ length: n }, () => Math.round(random.uniform() * 10_000) / 100);
  const drawn = points(curvePath(x, y, plain).line);
  assert.ok(drawn.length <= 1200, `${drawn.length}`);
  for (let column = 0; column < 300; column++) {
    const all = [...y].filter((_, i) => Math.floor(Math.round(x[i]! * 100) / 100) === column);
    const kept = drawn.filter(([at]) => Math.floor(at) === column).map(([, value]) => value);
    const ends = (values: number[]) => [values[0], values.at(-1), Math.min(...values), Math.max(...values)];
    assert.deepEqual(ends(kept), ends(all), `column ${column}`);
  }
});

test('round numbers inside the range, as many as fit', () => {
  for (const [low, high, most, expected] of [
    [0, 1, 3, ['0.0', '0.5', '1.0']],
    [0.08, 1.9, 3, ['0.5', '1.0', '1.5']],
    [-3, 7, 3, ['0', '5']],
    [-0.02, 0.02, 5, ['−0.02', '−0.01', '0.00', '0.01', '0.02']],
    [2, 2.0004, 3, ['2.0000', '2.0002', '2.0004']],
    [1e6, 5e6, 3, ['2e6', '4e6']],
    [0.006, 0.82, 3, ['0.2', '0.4', '0.6', '0.8']],
    [5, 5, 3, ['5']],
  ] as const) {
    const { values, text } = linearTicks(low, high, most);
    assert.deepEqual(values.map(text), expected, `${low} … ${high}`);
  }
  for (const [low, high, most, expected] of [
    [1e-4, 2, 3, ['1e−4', '0.01', '1']],
    [0.3, 0.9, 3, ['0.5']],
    [1.5, 60, 4, ['2', '5', '10', '20', '50']],
  ] as const) {
    const { values, text } = logTicks(low, high, most);
    assert.ok(values.length > 0 && values.every((value) => value >= low * 0.999 && value <= high * 1.001));
    if (expected.length <= most) assert.deepEqual(values.map(text), expected, `${low} … ${high}`);
    assert.ok(values.length <= most);
  }
});

test('any range gets between one and the most ticks, or one more, all inside', () => {
  const random = Random.seeded(4);
  for (let i = 0; i < 2000; i++) {
    const low = (random.uniform() - 0.5) * 10 ** (random.uniform() * 12 - 6);
    const high = low + 10 ** (random.uniform() * 12 - 6);
    const { values, text } = linearTicks(low, high, 4);
    const slack = (high - low) * 1e-6;
    assert.ok(values.length >= 1 && values.length <= 5, `${low} ${high}: ${values}`);
    assert.ok(
      values.every((value) => value >= low - slack && value <= high + slack && text(value).length <= 12),
      `${low} ${high}: ${values.map(text)}`,
    );
  }
});

test('the value at a place is the last one known there, up to one step beyond the end', () => {
  const x = [1, 2, 4, 5];
  const at = [0.9, 1, 1.5, 2 - 1e-12, 3.9, 5, 6, 6.1].map((each) => indexAt(x, each));
  assert.deepEqual(at, [-1, 0, 0, 1, 1, 3, 3, -1]);
  assert.deepEqual([indexAt([], 1), indexAt([3], 3), indexAt([3], 3.5)], [-1, 0, -1]);
});
