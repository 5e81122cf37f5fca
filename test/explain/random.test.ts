/** Our random numbers: the published generator, streams of one seed apart, the distributions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/shared/random.ts';

const draw = (count: number, next: () => number) => Array.from({ length: count }, next);

test('xoshiro128** from the state 1, 2, 3, 4', () => {
  // Worked out from the definition: the first is rotl(2 · 5, 7) · 9 = 11520.
  const random = new Random([1, 2, 3, 4]);
  assert.deepEqual(
    draw(6, () => random.bits()),
    [11_520, 0, 5_927_040, 70_819_200, 2_031_721_883, 1_637_235_492],
  );
});

test('a stream is the same every time, and no two of one seed or of two seeds are alike', () => {
  const first = (seed: number, stream: number) => {
    const random = Random.seeded(seed, stream);
    return draw(4, () => random.bits()).join();
  };
  assert.equal(first(7, 3), first(7, 3));
  const all = [0, 1, 2, 40].flatMap((seed) => Array.from({ length: 200 }, (_, stream) => first(seed, stream)));
  assert.equal(new Set(all).size, all.length);
});

test('uniform: mean 1/2, variance 1/12, in [0, 1); below(n): each as often; neighbouring streams are not correlated', () => {
  const count = 40_000;
  const random = Random.seeded(1);
  const u = draw(count, () => random.uniform());
  assert.ok(u.every((v) => v >= 0 && v < 1));
  assert.ok(Math.abs(mean(u) - 0.5) < 4 * Math.sqrt(1 / 12 / count));
  assert.ok(Math.abs(mean(u.map((v) => (v - 0.5) ** 2)) - 1 / 12) < 0.002);
  const faces = draw(6000, () => random.below(6));
  for (let face = 0; face < 6; face++) assert.ok(Math.abs(faces.filter((f) => f === face).length - 1000) < 130, `${face}`);
  const starts = Array.from({ length: 5000 }, (_, stream) => Random.seeded(1, stream).uniform() - 0.5);
  const correlation = mean(starts.slice(1).map((v, i) => v * (starts[i] as number))) * 12;
  assert.ok(Math.abs(correlation) < 4 / Math.sqrt(5000), `${correlation}`);
});

test('normal: mean 0, variance 1, kurtosis 3, the two of a pair independent', () => {
  const random = Random.seeded(5);
  const pairs = Array.from({ length: 20_000 }, () => random.normals());
  for (const side of [0, 1] as const) {
    const values = pairs.map((pair) => pair[side]);
    assert.ok(Math.abs(mean(values)) < 4 / Math.sqrt(20_000));
    assert.ok(Math.abs(mean(values.map((v) => v * v)) - 1) < 0.04);
    assert.ok(Math.abs(mean(values.map((v) => v ** 4)) - 3) < 0.3);
  }
  assert.ok(Math.abs(mean(pairs.map(([a, b]) => a * b))) < 0.03);
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}
