/** Centred kernel alignment: against the estimator's own formula with loops in double precision, and what has to hold of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { centredGram, gramOf, linearCka } from '../../src/numeric/cka.ts';
import type { Points } from '../../src/numeric/points.ts';
import { Random } from '../../src/shared/random.ts';

const normals = (count: number, dimensions: number, seed: number): Points => {
  const random = Random.seeded(seed);
  return { count, dimensions, data: Float32Array.from({ length: count * dimensions }, () => random.normals()[0] + 0.3) };
};

const cka = (a: Points, b: Points) => linearCka(centredGram(a), centredGram(b));

/** Song et al. 2012, equation 5: traces and sums of uncentred Gram matrices without their diagonals. */
function hsic(k: readonly number[][], l: readonly number[][]): number {
  const n = k.length;
  const sum = (of: (i: number, j: number) => number) => k.reduce((s, _, i) => s + l.reduce((t, __, j) => t + of(i, j), 0), 0);
  const rows = (m: readonly number[][]) => m.map((row) => row.reduce((s, v) => s + v, 0));
  const [byK, byL] = [rows(k), rows(l)];
  const trace = sum((i, j) => k[i]![j]! * l[i]![j]!);
  const both = byK.reduce((s, v, i) => s + v * byL[i]!, 0);
  const all = (by: readonly number[]) => by.reduce((s, v) => s + v, 0);
  return (trace + (all(byK) * all(byL)) / ((n - 1) * (n - 2)) - (2 * both) / (n - 2)) / (n * (n - 3));
}

function plainGram({ data, count, dimensions }: Points): number[][] {
  const row = (i: number) => [...data.subarray(i * dimensions, (i + 1) * dimensions)];
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_, j) => (i === j ? 0 : row(i).reduce((s, v, t) => s + v * row(j)[t]!, 0))),
  );
}

/** Some of the coordinates of the one, noise, and a shift. */
function related(a: Points, dimensions: number): Points {
  const noise = normals(a.count, dimensions, 5);
  const data = noise.data.map((v, at) => {
    const [row, t] = [Math.floor(at / dimensions), at % dimensions];
    return 3 + v + (t < a.dimensions ? 2 * a.data[row * a.dimensions + t]! : 0);
  });
  return { count: a.count, dimensions, data };
}

test('as the formula of the estimator has it', () => {
  for (const [count, dimensions] of [
    [4, 3],
    [20, 5],
    [37, 130],
  ] as const) {
    const a = normals(count, dimensions, 1);
    const b = related(a, dimensions + 2);
    const [k, l] = [plainGram(a), plainGram(b)];
    const expected = hsic(k, l) / Math.sqrt(hsic(k, k) * hsic(l, l));
    assert.ok(Math.abs(cka(a, b) - expected) < 1e-5, `${count} × ${dimensions}: ${cka(a, b)} against ${expected}`);
  }
});

test('1 with itself, also rotated, scaled and shifted; the same the other way round', () => {
  const a = normals(30, 6, 2);
  const turned = rotated(a);
  assert.ok(Math.abs(cka(a, a) - 1) < 1e-12);
  assert.ok(Math.abs(cka(a, turned) - 1) < 1e-5, `${cka(a, turned)}`);
  const b = related(a, 9);
  assert.ok(Math.abs(cka(a, b) - cka(turned, b)) < 1e-5);
  assert.equal(cka(a, b), cka(b, a));
  assert.ok(cka(a, b) > 0.2 && cka(a, b) < 0.95, `${cka(a, b)}`);
});

/** By a product of reflections, times 7, shifted by 100. */
function rotated({ data, count, dimensions }: Points): Points {
  const out = Float64Array.from(data);
  for (const seed of [11, 12, 13]) {
    const axis = normals(1, dimensions, seed).data;
    const square = axis.reduce((s, v) => s + v * v, 0);
    for (let i = 0; i < count; i++) {
      const row = out.subarray(i * dimensions, (i + 1) * dimensions);
      const along = row.reduce((s, v, t) => s + v * axis[t]!, 0);
      for (let t = 0; t < dimensions; t++) row[t]! -= (2 * along * axis[t]!) / square;
    }
  }
  return { count, dimensions, data: Float32Array.from(out, (v) => 7 * v + 100) };
}

test('near 0 for what has nothing to do with each other, also of more dimensions than points', () => {
  for (const dimensions of [5, 2000]) {
    const values = Array.from({ length: 12 }, (_, i) => cka(normals(60, dimensions, 20 + 2 * i), normals(60, dimensions, 21 + 2 * i)));
    const mean = values.reduce((s, v) => s + v, 0) / values.length;
    // The plain estimator says 0.97 of 2,000 dimensions.
    assert.ok(Math.abs(mean) < 0.03 && values.every((v) => Math.abs(v) < 0.12), `${dimensions}: ${values}`);
  }
});

test('of some of the points as of these alone', () => {
  const [a, which] = [normals(25, 7, 3), [0, 3, 4, 9, 11, 17, 24]];
  const b = related(a, 4);
  const some = ({ data, dimensions }: Points): Points => ({
    count: which.length,
    dimensions,
    data: Float32Array.from(which.flatMap((i) => [...data.subarray(i * dimensions, (i + 1) * dimensions)])),
  });
  const expected = cka(some(a), some(b));
  const found = linearCka(gramOf(centredGram(a), which), gramOf(centredGram(b), which));
  assert.ok(Math.abs(found - expected) < 1e-5, `${found} against ${expected}`);
});

test('no number where there is nothing to compare', () => {
  const a = normals(10, 3, 4);
  const same: Points = { count: 10, dimensions: 3, data: new Float32Array(30).map((_, i) => [0.1, 0.7, 1e6][i % 3]!) };
  assert.ok(Number.isNaN(cka(a, same)));
  assert.ok(Number.isNaN(cka(same, same)));
  assert.ok(Number.isNaN(cka(normals(3, 2, 1), normals(3, 2, 2))));
});
