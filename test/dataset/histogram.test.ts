/** Histograms against sorted lists of the same numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Histogram } from '../../src/dataset/histogram.ts';
import { Histograms } from '../../src/dataset/histograms.ts';
import { noise } from '../support/onnxModels.ts';

/** Counts lists of numbers, each as if from one image of one unit. */
function histogramsOf(images: readonly Float32Array[]): Histograms {
  const made = new Histograms(1);
  for (const values of images) assert.equal(made.add(values, sums(1)), undefined);
  return made;
}

const sums = (units: number) => ({ min: new Float32Array(units), sum: new Float64Array(units) });

function histogramOf(...images: readonly Float32Array[]): Histogram {
  const all = images.flatMap((values) => [...values]);
  const about = { min: Math.min(...all), max: Math.max(...all), total: all.length };
  return histogramsOf(images).unit(0, about);
}

const bells = (count: number, seed: number) => {
  const [a, b, c] = [noise(count, seed), noise(count, seed + 1), noise(count, seed + 2)] as const;
  return a.map((v, i) => v + (b[i] as number) + (c[i] as number));
};
const distributions: Record<string, Float32Array> = {
  'around 0': bells(5000, 1),
  'behind a ReLU': bells(5000, 2).map((v) => Math.max(0, v)),
  'behind a ReLU6': bells(5000, 3).map((v) => Math.min(6, Math.max(0, v * 5))),
  'over many orders of magnitude': noise(5000, 4).map((v) => Math.exp(v * 40)),
  'all below 0': bells(5000, 5).map((v) => -100 - v),
  'one number': new Float32Array(100).fill(0.3),
  zeros: new Float32Array(100),
  tiny: noise(1000, 6).map((v) => v * 1e-30),
  huge: noise(1000, 7).map((v) => v * 3e38),
};

for (const [what, values] of Object.entries(distributions)) {
  test(`quantiles of numbers ${what} are those of the sorted list, within the stated error`, () => {
    const histogram = histogramOf(values);
    const sorted = values.toSorted((a, b) => b - a);
    for (const share of [0.001, 0.005, 0.01, 0.05, 0.5, 0.9, 0.99]) {
      const { value, error } = histogram.quantile(share);
      // Between the last cell that is above and the first that is not.
      const rank = share * values.length;
      const [above, below] = [sorted[Math.max(0, Math.ceil(rank) - 1)], sorted[Math.min(sorted.length - 1, Math.floor(rank))]] as number[];
      assert.ok(below! - error <= value && value <= above! + error, `${share}: ${value} ± ${error}, sorted: ${below} to ${above}`);
      // A bin is at most 1/32 of its values wide.
      assert.ok(error <= Math.abs(value) / 31 + 1e-37, `${share}: ${value} ± ${error}`);
    }
  });
}

test('cells above 0 and above −1 and at the ends of a range are counted exactly', () => {
  const values = Float32Array.from([-1, -1, -0.999, -1e-20, -0, 0, 1e-20, 0.5, 1, 1.5, 6, 6]);
  const histogram = histogramOf(values);
  assert.equal(histogram.countAbove(0), 6);
  assert.equal(histogram.countAbove(-1), 10);
  assert.equal(histogram.countAbove(6), 0);
  assert.equal(histogram.countAbove(-2), 12);
  assert.equal(histogram.countAtEnd(6), 2);
  assert.equal(histogram.countAtEnd(7), 0);
});

test('what only comes close to the end counts as there; what is a bin away does not', () => {
  const histogram = histogramOf(Float32Array.from([0.9999, 0.99, 1, 0.97, 0.5]));
  assert.equal(histogram.countAtEnd(1), 3);
  // The end of a quantised range is no end of a bin.
  assert.equal(histogramOf(Float32Array.from([5.98, 5.98, 5, 0])).countAtEnd(5.98), 2);
});

test('equal bins for drawing hold all cells, where they are', () => {
  const values = distributions['around 0'] as Float32Array;
  const { edges, counts } = histogramOf(values).linear(32);
  assert.equal(edges.length, 33);
  assert.ok(Math.abs(counts.reduce((a, b) => a + b, 0) - values.length) < 1e-6);
  const exact = new Array(32).fill(0);
  for (const v of values) exact[edges.subarray(1, 32).filter((edge) => v >= edge).length]++;
  // A cell may be drawn up to its own bin's width off.
  exact.forEach((n, i) => {
    assert.ok(Math.abs(n - (counts[i] as number)) < 0.02 * values.length, `bin ${i}: ${counts[i]}, exactly ${n}`);
  });
});

test('equal bins of numbers that are all the same are one bin', () => {
  const { edges, counts } = histogramOf(new Float32Array(7).fill(2)).linear(64);
  assert.deepEqual([[...edges], [...counts]], [[2, 2], [7]]);
});

test('merged in any order they are what counting everything gives', () => {
  const parts = Object.values(distributions);
  const together = histogramsOf(parts);
  const shapes = [parts, parts.toReversed()].map((order) => {
    const made = new Histograms(1);
    for (const part of order) made.merge(histogramsOf([part]));
    return made;
  });
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const about = { min: -3e38, max: 3e38, total };
  for (const shape of shapes) {
    for (const share of [0.01, 0.1, 0.3, 0.6, 0.99]) {
      assert.deepEqual(shape.unit(0, about).quantile(share), together.unit(0, about).quantile(share));
    }
  }
});

test('units are counted apart, with their smallest value and sum', () => {
  const made = new Histograms(2);
  const into = sums(2);
  assert.equal(made.add(Float32Array.from([1, 2, 3, -4, -5, -6]), into), undefined);
  assert.deepEqual(
    [[...into.min], [...into.sum]],
    [
      [1, -6],
      [6, -15],
    ],
  );
  assert.equal(made.unit(0, { min: 1, max: 3, total: 3 }).countAbove(0), 3);
  assert.equal(made.unit(1, { min: -6, max: -4, total: 3 }).countAbove(0), 0);
});

for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
  test(`an image with ${bad} is named by its unit and leaves no trace`, () => {
    const made = new Histograms(3);
    made.add(Float32Array.from([1, 2, 0, 4, 5, 6]), sums(3));
    const before = made.pack();
    assert.equal(made.add(Float32Array.from([1e-9, 2, bad, 4e9, 5, 6]), sums(3)), 1);
    const known = (unit: number) => made.unit(unit, { min: 0, max: 6, total: 2 }).countAbove(-1);
    assert.deepEqual([known(0), known(1), known(2)], [2, 2, 2]);
    assert.deepEqual(
      before.counts.reduce((a, b) => a + b),
      made.pack().counts.reduce((a, b) => a + b),
    );
  });
}

test('packed and unpacked they are the same; other numbers are refused', () => {
  const made = histogramsOf(Object.values(distributions));
  const packed = made.pack();
  const again = Histograms.unpack(1, packed) as Histograms;
  assert.deepEqual(again.pack(), packed);
  assert.equal(Histograms.unpack(2, packed), undefined, 'of another number of units');
  assert.equal(Histograms.unpack(1, { ...packed, octaves: packed.octaves.map(() => 130) }), undefined, 'an octave twice');
  assert.equal(Histograms.unpack(1, { ...packed, octaves: packed.octaves.with(0, 255) }), undefined, 'of infinities');
  assert.equal(Histograms.unpack(1, { ...packed, counts: packed.counts.subarray(1) }), undefined);
});

test('more cells than can be counted are refused, not counted wrong', () => {
  assert.throws(() => histogramsOf([new Float32Array(3)]).unit(0, { min: 0, max: 0, total: 2 ** 32 }), /4 billion/);
});
