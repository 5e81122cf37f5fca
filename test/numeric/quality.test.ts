import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Points } from '../../src/numeric/points.ts';
import { klDivergence, labelAccuracy, neighbourQuality } from '../../src/numeric/quality.ts';
import { Random } from '../../src/shared/random.ts';
import { closeTo } from '../support/closeTo.ts';
import { goldenTsne } from '../support/goldenTsne.ts';
import { sharedMissing } from '../support/shared.ts';

test('preservation, trustworthiness, divergence, accuracy of the golden layouts are those of numpy and scikit-learn', (t) => {
  const golden = goldenTsne();
  if (golden === undefined) return t.skip(sharedMissing);
  assert.equal(golden.everyBar.length, 9);
  const points = { data: golden.pca, count: 2000, dimensions: 50 };
  for (const bar of golden.everyBar) {
    const layout = golden.layout(bar.name);
    const { preservation, trustworthiness, sampled, k } = neighbourQuality(points, layout, { rows: 2000 });
    assert.deepEqual([sampled, k], [2000, 10]);
    closeTo([preservation, trustworthiness], [bar.neighbourPreservation10, bar.trustworthiness10], 0.6e-4, bar.name);
    const { kl, from } = klDivergence(golden.affinities, layout);
    assert.equal(from, 'exact');
    closeTo([kl, labelAccuracy(golden.labels, layout)], [bar.klAgainstOurP, bar.knn10LabelAccuracy], 0.6e-4, bar.name);
  }
});

function noise(count: number, dimensions: number, seed = 1): Points {
  const random = Random.seeded(seed);
  return { data: Float32Array.from({ length: count * dimensions }, () => random.normals()[0]), count, dimensions };
}

/** By the definitions, with all distances sorted. */
function bySorting({ data, count, dimensions }: Points, layout: Float32Array, k: number): [number, number] {
  const orderOf = (values: Float32Array, d: number, i: number) => {
    const distance = (j: number) => {
      let sum = 0;
      for (let t = 0; t < d; t++) sum += (values[i * d + t]! - values[j * d + t]!) ** 2;
      return sum;
    };
    const others = Array.from({ length: count }, (_, j) => j).filter((j) => j !== i);
    return others.map((j) => [distance(j), j] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  };
  let [kept, beyond] = [0, 0];
  for (let i = 0; i < count; i++) {
    const ranks = new Map(orderOf(data, dimensions, i).map(([, j], rank) => [j, rank + 1]));
    for (const [, j] of orderOf(layout, 2, i).slice(0, k)) {
      const rank = ranks.get(j)!;
      if (rank <= k) kept++;
      else beyond += rank - k;
    }
  }
  return [kept / (count * k), 1 - (2 * beyond) / (count * k * (2 * count - 3 * k - 1))];
}

test('both measures are those of sorted distances, with copies and with equal distances', () => {
  const random = Random.seeded(5);
  const copies = noise(300, 6);
  for (let i = 0; i < 300; i += 3) {
    const j = random.below(300);
    copies.data.copyWithin(6 * i, 6 * j, 6 * j + 6);
  }
  const lattice = { data: Float32Array.from({ length: 600 }, () => random.below(4)), count: 200, dimensions: 3 };
  const far = noise(150, 8);
  far.data.forEach((x, i) => {
    far.data[i] = 1000 + 1e-2 * x;
  });
  for (const [name, points] of Object.entries({ noise: noise(257, 20), copies, lattice, far, line: noise(90, 1) })) {
    const layout = noise(points.count, 2, 7).data.map((x, i) => x + 2 * points.data[Math.floor(i / 2) * points.dimensions]!);
    const { preservation, trustworthiness } = neighbourQuality(points, layout, { k: 7 });
    assert.deepEqual([preservation, trustworthiness], bySorting(points, layout, 7), name);
  }
});

test('a layout that is the space keeps all', () => {
  const points = noise(500, 2);
  assert.deepEqual(neighbourQuality(points, points.data), { preservation: 1, trustworthiness: 1, sampled: 500, k: 10 });
});

test('a sample says how many, is the same for a seed, and tells what all rows tell', () => {
  const points = noise(3000, 3);
  const layout = noise(3000, 2, 2).data.map((x, i) => 0.2 * x + points.data[3 * (i >> 1) + (i % 2)]!);
  const all = neighbourQuality(points, layout, { rows: 3000 });
  const some = neighbourQuality(points, layout);
  assert.equal(some.sampled, 2000);
  assert.deepEqual(some, neighbourQuality(points, layout));
  assert.notDeepEqual(some, neighbourQuality(points, layout, { seed: 1 }));
  closeTo([some.preservation, some.trustworthiness], [all.preservation, all.trustworthiness], 0.01, 'sample');
});

test('few points and equal points', () => {
  const none = { preservation: Number.NaN, trustworthiness: Number.NaN, sampled: 0, k: 0 };
  for (const count of [0, 1, 2]) assert.deepEqual(neighbourQuality(noise(count, 3), new Float32Array(2 * count)), none);
  assert.equal(neighbourQuality(noise(3, 3), noise(3, 2).data).k, 1);
  const equal: Points = { data: new Float32Array(120), count: 30, dimensions: 4 };
  assert.deepEqual(neighbourQuality(equal, new Float32Array(60)), { preservation: 1, trustworthiness: 1, sampled: 30, k: 10 });
});

test('a large layout has its divergence from the grid, as close as all pairs tell', () => {
  const count = 20_002;
  const layout = noise(count, 2).data.map((x) => 20 * x);
  // Each point has one neighbour: the divergence is the logarithm of Z and what the pairs add.
  const values = new Float32Array(count).fill(1 / count);
  const indices = Int32Array.from({ length: count }, (_, i) => i ^ 1);
  const indptr = Int32Array.from({ length: count + 1 }, (_, i) => i);
  const { kl, from } = klDivergence({ count, indptr, indices, values, perplexity: 1 }, layout);
  assert.equal(from, 'interpolated');
  let [z, attraction] = [0, 0];
  for (let i = 0; i < count; i++) {
    const [x, y] = [layout[2 * i]!, layout[2 * i + 1]!];
    for (let j = 0; j < i; j++) z += 2 / (1 + (layout[2 * j]! - x) ** 2 + (layout[2 * j + 1]! - y) ** 2);
    attraction += Math.log(1 + (layout[2 * (i ^ 1)]! - x) ** 2 + (layout[2 * (i ^ 1) + 1]! - y) ** 2) / count;
  }
  closeTo([kl], [attraction + Math.log(z) - Math.log(count)], 1e-4, 'divergence');
});
