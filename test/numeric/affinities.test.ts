/** The affinities of t-SNE: against numpy's, and of points that leave them little choice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Affinities, affinities, findBeta, neighboursFor } from '../../src/numeric/affinities.ts';
import type { NeighbourGraph } from '../../src/numeric/points.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { goldenTsne } from '../support/goldenTsne.ts';
import { sharedMissing } from '../support/shared.ts';

const golden = goldenTsne();

/** A graph of points on a line, each with its k nearest. */
function lineGraph(at: readonly number[], k = at.length - 1): NeighbourGraph {
  const rows = at.map((x, i) =>
    at
      .map((y, j) => ({ j, distance: Math.abs(x - y) }))
      .filter(({ j }) => j !== i)
      .sort((a, b) => a.distance - b.distance || a.j - b.j)
      .slice(0, k),
  );
  return { k, indices: Int32Array.from(rows.flat(), ({ j }) => j), distances: Float32Array.from(rows.flat(), ({ distance }) => distance) };
}

/** Entry by entry, checking the layout on the way. */
function dense({ count, indptr, indices, values }: Affinities): number[][] {
  const matrix = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (let i = 0; i < count; i++) {
    for (let e = indptr[i] as number; e < (indptr[i + 1] as number); e++) {
      assert.ok(e === indptr[i] || (indices[e] as number) > (indices[e - 1] as number), 'indices ascend');
      (matrix[i] as number[])[indices[e] as number] = values[e] as number;
    }
  }
  return matrix;
}

/** Symmetric, of sum 1, with an empty diagonal and finite, non-negative entries. */
function checkMatrix(p: Affinities): void {
  const matrix = dense(p);
  let sum = 0;
  for (const [i, row] of matrix.entries()) {
    for (const [j, value] of row.entries()) {
      assert.ok(Number.isFinite(value) && value >= 0, `${i},${j}: ${value}`);
      assert.equal(value, matrix[j]?.[i]);
      sum += value;
    }
    assert.equal(row[i], 0);
  }
  assert.ok(Math.abs(sum - 1) < 1e-6, `sum ${sum}`);
}

function perplexityOf(weights: Float64Array): number {
  return Math.exp(-weights.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0));
}

test('precisions of 2,000 digits are those of the golden files', { skip: golden ? false : sharedMissing }, () => {
  const { graph, beta, count } = golden as NonNullable<typeof golden>;
  const weights = new Float64Array(graph.k);
  for (let i = 0; i < count; i++) {
    const squares = Float64Array.from(graph.distances.subarray(i * graph.k, (i + 1) * graph.k), (d) => d * d);
    const nearest = squares[0] as number;
    const found = findBeta(
      squares.map((d) => d - nearest),
      Math.log(30),
      weights,
    );
    assert.ok(Math.abs(Math.log(perplexityOf(weights) / 30)) < 1e-8, `row ${i}: perplexity ${perplexityOf(weights)}`);
    assert.ok(Math.abs(found / (beta[i] as number) - 1) < 1e-4, `row ${i}: ${found} against ${beta[i]}`);
  }
});

test('P of 2,000 digits is that of the golden files', { skip: golden ? false : sharedMissing }, () => {
  const { graph, affinities: expected } = golden as NonNullable<typeof golden>;
  const p = affinities(graph, 30);
  assert.equal(p.perplexity, 30);
  assert.deepEqual(p.indptr, expected.indptr);
  assert.deepEqual(p.indices, expected.indices);
  let [worst, sum] = [0, 0];
  for (const [e, value] of p.values.entries()) {
    worst = Math.max(worst, Math.abs(value - (expected.values[e] as number)));
    sum += value;
  }
  assert.ok(worst < 1e-9, `largest difference ${worst}`);
  assert.ok(Math.abs(sum - 1) < 1e-6, `sum ${sum}`);
});

test('a precision is found over any scale, and for outliers', () => {
  for (const scale of [1e-30, 1e-6, 1, 1e6, 1e30]) {
    const squares = Float64Array.from({ length: 60 }, (_, j) => scale * j ** 4);
    const weights = new Float64Array(60);
    findBeta(squares, Math.log(20), weights);
    assert.ok(Math.abs(perplexityOf(weights) - 20) < 1e-6, `scale ${scale}: perplexity ${perplexityOf(weights)}`);
  }
});

test('duplicates: more of them than the perplexity share the whole weight', () => {
  const squares = Float64Array.from([0, 0, 0, 0, 0, 0, 5, 7, 9]);
  const weights = new Float64Array(9);
  assert.ok(Number.isFinite(findBeta(squares, Math.log(3), weights)));
  for (const [j, w] of weights.entries()) assert.ok(Math.abs(w - (j < 6 ? 1 / 6 : 0)) < 1e-12, `${j}: ${w}`);
  const p = affinities(lineGraph([0, 0, 0, 0, 0, 0, 0, 1, 2, 3]), 2);
  checkMatrix(p);
});

test('points all at one place, or all equally far, have the same affinity to each neighbour', () => {
  const k = 9;
  const indices = Int32Array.from({ length: 10 * k }, (_, e) => {
    const [i, j] = [Math.floor(e / k), e % k];
    return j < i ? j : j + 1;
  });
  for (const distance of [0, 1, 1e-20, 1e15]) {
    const p = affinities({ k, indices, distances: new Float32Array(10 * k).fill(distance) }, 3);
    checkMatrix(p);
    for (const value of p.values) assert.ok(Math.abs(value - 1 / 90) < 1e-8);
  }
});

test('too few points for the perplexity: it is lowered, and told', () => {
  const two = affinities(lineGraph([0, 4]), 30);
  assert.equal(two.perplexity, 1);
  assert.deepEqual([...two.values], [0.5, 0.5]);
  const three = affinities(lineGraph([0, 1, 5]), 30);
  assert.equal(three.perplexity, 1);
  checkMatrix(three);
  const forty = affinities(lineGraph(Array.from({ length: 40 }, (_, i) => i * i)), 30);
  assert.equal(forty.perplexity, 13);
  checkMatrix(forty);
  assert.equal(affinities(lineGraph(Array.from({ length: 91 }, (_, i) => i * i)), 30).perplexity, 30);
  assert.equal(neighboursFor(30, 10000), 90);
  assert.equal(neighboursFor(30, 40), 39);
  assert.equal(neighboursFor(30, 1), 0);
});

test('a graph that is not symmetric: both directions are added', () => {
  // 2 is the nearest of nobody.
  const p = dense(affinities(lineGraph([0, 1, 10], 1), 5));
  assert.deepEqual(
    p.map((row) => row.map((value) => Math.round(value * 6))),
    [
      [0, 2, 0],
      [2, 0, 1],
      [0, 1, 0],
    ],
  );
});

test('a distance that is no number is refused', () => {
  const graph = lineGraph([0, 1, 2, 3]);
  graph.distances[4] = NaN;
  assert.throws(
    () => affinities(graph, 1),
    (error) => error instanceof ModelError && error.code === 'weights' && /point 1 /.test(error.message),
  );
});
