import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Pca, pca } from '../../src/numeric/pca.ts';
import { largestEigen } from '../../src/numeric/pcaEigen.ts';
import { products } from '../../src/numeric/pcaProducts.ts';
import type { Points } from '../../src/numeric/points.ts';
import { Random } from '../../src/shared/random.ts';
import { closeTo } from '../support/closeTo.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

test('50 components of 2,000 digits are those of numpy', (t) => {
  const file = (name: string) => new Uint8Array(readFileSync(sharedPath(`golden/tsne/${name}`)!));
  if (sharedPath('golden/tsne') === undefined) return t.skip(sharedMissing);
  const data = Float32Array.from(file('images.u8'), (value) => value / 255);
  const { scores, variance, totalVariance } = pca({ data, count: 2000, dimensions: 784 }, 50);
  const expected = new Float32Array(file('pca50.f32').buffer);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(scores[i]! - expected[i]!));
  assert.ok(worst < 2e-4, `scores are off by ${worst}`);
  const ratios = Array.from(new Float32Array(file('pca50_variance.f32').buffer), (value, j) => variance[j]! / value);
  closeTo(
    ratios,
    ratios.map(() => 1),
    1e-5,
    'variances',
  );
  closeTo([totalVariance / 49.476102], [1], 1e-6, 'total variance');
});

/** Normal, of standard deviation `deviation(t)` along random directions, about a mean that is far from 0. */
function points(count: number, dimensions: number, deviation: (t: number) => number, rank = dimensions): Points {
  const random = Random.seeded(count + dimensions);
  const directions = Float64Array.from({ length: rank * dimensions }, () => random.normals()[0] / Math.sqrt(dimensions));
  const data = new Float32Array(count * dimensions).fill(3);
  for (let i = 0; i < count; i++) {
    for (let r = 0; r < rank; r++) {
      const size = deviation(r) * random.normals()[0];
      for (let t = 0; t < dimensions; t++) data[i * dimensions + t] = data[i * dimensions + t]! + size * directions[r * dimensions + t]!;
    }
  }
  return { data, count, dimensions };
}

/** What has to hold of any principal components, in double precision. */
function holds({ data, count, dimensions }: Points, { scores, variance, components, mean, totalVariance }: Pca, name: string): void {
  const k = variance.length;
  const filled = variance.filter((v) => v > 0).length;
  const inner = (a: number, b: number) => {
    let sum = 0;
    for (let t = 0; t < dimensions; t++) sum += components[a * dimensions + t]! * components[b * dimensions + t]!;
    return sum;
  };
  for (let a = 0; a < k; a++) {
    for (let b = 0; b <= a; b++) closeTo([inner(a, b)], [a === b && a < filled ? 1 : 0], 2e-6, `${name}: components ${a}, ${b}`);
    const direction = Array.from(components.subarray(a * dimensions, (a + 1) * dimensions));
    assert.ok(Math.max(...direction) >= -Math.min(...direction), `${name}: sign of ${a}`);
    assert.ok(a === 0 || variance[a]! <= variance[a - 1]!, `${name}: order`);
  }
  const scale = Math.sqrt(totalVariance);
  const expected = new Float64Array(count * k);
  const covariance = new Float64Array(k * k);
  for (let i = 0; i < count; i++) {
    for (let a = 0; a < k; a++) {
      for (let t = 0; t < dimensions; t++) {
        expected[i * k + a] = expected[i * k + a]! + ((data[i * dimensions + t]! - mean[t]!) * components[a * dimensions + t]!) / scale;
      }
    }
    for (let a = 0; a < k; a++)
      for (let b = 0; b < k; b++)
        covariance[a * k + b] = covariance[a * k + b]! + (expected[i * k + a]! * expected[i * k + b]!) / (count - 1);
  }
  closeTo(
    scores.map((s) => s / scale),
    expected,
    1e-5,
    `${name}: scores`,
  );
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++)
      closeTo([covariance[a * k + b]!], [a === b ? variance[a]! / totalVariance : 0], 3e-6, `${name}: covariance ${a}, ${b}`);
  }
}

test('components are orthonormal, scores uncorrelated projections with these variances, in descending order', () => {
  const cases: Record<string, [Points, number]> = {
    'many points': [points(300, 20, (r) => 0.7 ** r), 8],
    'all components': [points(60, 9, (r) => 3 - 0.2 * r), 9],
    'more dimensions than points': [points(30, 90, (r) => 0.9 ** r), 12],
    'equal variances': [points(500, 12, () => 1), 12],
    'one dimension': [points(40, 1, () => 2), 1],
    'two points': [points(2, 5, () => 1), 1],
  };
  for (const [name, [some, k]] of Object.entries(cases)) holds(some, pca(some, k), name);
});

test('what points do not fill is 0: more components than there are, copies, constant columns', () => {
  const flat = points(50, 10, () => 1, 3);
  for (const [name, some, rank] of [
    ['a flat set', flat, 3],
    ['a flat set of few points', points(8, 40, () => 1, 3), 3],
    ['fewer points than components', points(4, 10, () => 1), 3],
    ['fewer dimensions than components', points(50, 2, () => 1), 2],
  ] as const) {
    const found = pca(some, 5);
    assert.equal(found.variance.filter((v) => v > 0).length, rank, name);
    holds(some, found, name);
    closeTo([found.variance.reduce((sum, v) => sum + v, 0) / found.totalVariance], [1], 1e-5, name);
  }
  const equal = pca({ data: new Float32Array(60).fill(0.3), count: 20, dimensions: 3 }, 2);
  assert.deepEqual([equal.scores, [...equal.variance]], [new Float32Array(40), [0, 0]]);
  const alone = pca({ data: Float32Array.of(1, 2, 3), count: 1, dimensions: 3 }, 2);
  assert.deepEqual([alone.scores, [...alone.mean], alone.totalVariance], [new Float32Array(2), [1, 2, 3], 0]);
  assert.deepEqual(pca({ data: new Float32Array(0), count: 0, dimensions: 3 }, 2).scores, new Float32Array(0));
});

test('the same points in another order have the same components, signs too', () => {
  const some = points(200, 15, (r) => 0.8 ** r);
  const turned = some.data.slice();
  for (let i = 0; i < 200; i++) turned.set(some.data.subarray((199 - i) * 15, (200 - i) * 15), i * 15);
  closeTo(pca({ ...some, data: turned }, 4).components, pca(some, 4).components, 1e-4, 'components');
});

test('many points of many dimensions: a Krylov space finds what the matrix has', () => {
  const some = points(1100, 1060, (r) => 0.85 ** r, 60);
  const noise = Random.seeded(9);
  some.data.forEach((x, i) => {
    some.data[i] = x + 1e-3 * noise.normals()[0];
  });
  const found = pca(some, 10);
  // The same by the matrix of all covariances.
  const weights = products({
    data: some.data,
    count: 1060,
    length: 1100,
    vectorStride: 1,
    stride: 1060,
    mean: { values: found.mean, by: 'vector' },
  });
  const { values } = largestEigen(weights, 1060, 10);
  const ratios = values.map((value, j) => found.variance[j]! / (value / 1099));
  closeTo(
    ratios,
    ratios.map(() => 1),
    1e-6,
    'variances',
  );
  assert.deepEqual(found, pca(some, 10));
});

test('coordinates that are not finite are refused', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => pca({ data: Float32Array.of(1, 2, bad, 4), count: 2, dimensions: 2 }, 1), RangeError);
  }
});

test('products are sums of products, whatever the sizes, halves and means', () => {
  const random = Random.seeded(2);
  for (const [left, right, length] of [
    [1, 1, 1],
    [5, 9, 3],
    [17, 8, 700],
    [2100, 3, 5],
  ] as const) {
    const [a, b] = [left, right].map((count) => Float32Array.from({ length: count * length }, () => random.uniform() - 0.5)) as [
      Float32Array,
      Float32Array,
    ];
    const mean = Float64Array.from({ length }, () => random.uniform());
    const columns = { data: a, count: left, length, vectorStride: 1, stride: left };
    const rows = { data: b, count: right, length, vectorStride: length, stride: 1, mean: { values: mean, by: 'entry' as const } };
    const expected = new Float64Array(left * right);
    for (let i = 0; i < left; i++) {
      for (let j = 0; j < right; j++) {
        for (let t = 0; t < length; t++)
          expected[i * right + j] = expected[i * right + j]! + a[t * left + i]! * (b[j * length + t]! - mean[t]!);
      }
    }
    closeTo(products(columns, rows), expected, 1e-5, `${left} by ${right}`);
    closeTo(products(rows), products(rows, { ...rows }), 1e-12, `${right} with themselves`);
  }
});

test('eigenvalues and vectors: of known ones, of several equal ones, of a diagonal, of nothing', () => {
  const size = 24;
  const random = Random.seeded(4);
  for (const spectrum of [(i: number) => 5 - i, (i: number) => (i < 5 ? 2 : 1), () => 3, () => 0, (i: number) => 10 ** -i]) {
    // A reflection about a random plane: orthonormal, and its own inverse.
    const normal = Array.from({ length: size }, () => random.normals()[0]);
    const square = normal.reduce((sum, x) => sum + x * x, 0);
    const q = (i: number, j: number) => (i === j ? 1 : 0) - (2 * normal[i]! * normal[j]!) / square;
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        for (let l = 0; l < size; l++) matrix[i * size + j] = matrix[i * size + j]! + q(i, l) * spectrum(l) * q(l, j);
    const { values, vectors } = largestEigen(matrix.slice(), size, 10);
    closeTo(
      values,
      Float64Array.from({ length: 10 }, (_, i) => spectrum(i)),
      1e-13,
      'values',
    );
    const images = new Float64Array(10 * size);
    const inner = new Float64Array(100);
    for (let k = 0; k < 10; k++) {
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) images[k * size + i] = images[k * size + i]! + matrix[i * size + j]! * vectors[k * size + j]!;
      for (let l = 0; l < 10; l++)
        for (let i = 0; i < size; i++) inner[k * 10 + l] = inner[k * 10 + l]! + vectors[k * size + i]! * vectors[l * size + i]!;
    }
    closeTo(
      images,
      vectors.map((x, at) => x * values[Math.floor(at / size)]!),
      1e-12,
      'A v = λ v',
    );
    closeTo(
      inner,
      inner.map((_, at) => (at % 11 === 0 ? 1 : 0)),
      1e-12,
      'orthonormal',
    );
  }
  const diagonal = Float64Array.of(1, 0, 0, 0, 7, 0, 0, 0, -3);
  assert.deepEqual([...largestEigen(diagonal, 3, 3).values].map(Math.round), [7, 1, -3]);
});
