// Points, and their neighbours by all distances in double precision, sorted.
import assert from 'node:assert/strict';
import type { Vectors } from '../../src/numeric/distances.ts';
import type { NeighbourGraph } from '../../src/numeric/points.ts';
import { Random } from '../../src/shared/random.ts';
import type { Metric } from '../../src/shared/spaceProtocol.ts';

/** Clouds of points about some centres, the later dimensions narrower. */
export function clouds(count: number, dimensions: number, { seed = 1, centres = 5, width = 0.2 } = {}): Vectors {
  const random = Random.seeded(seed);
  const uniform = () => random.bits() / 2 ** 31 - 1;
  const middle = Array.from({ length: centres * dimensions }, uniform);
  const data = new Float32Array(count * dimensions);
  for (let i = 0; i < data.length; i++) {
    const [point, t] = [Math.floor(i / dimensions), i % dimensions];
    data[i] = (middle[(point % centres) * dimensions + t] as number) + (width * uniform()) / (1 + t / 8);
  }
  return { data, count, dimensions };
}

/** The definition: for each query all candidates but itself (where they are the same vectors), sorted by distance, then number. */
export function bruteForce(queries: Vectors, candidates: Vectors, k: number, metric: Metric): NeighbourGraph {
  const [indices, distances]: [number[], number[]] = [[], []];
  for (let i = 0; i < queries.count; i++) {
    const all = Array.from({ length: candidates.count }, (_, j) => ({ j, distance: definition(queries, i, candidates, j, metric) }))
      .filter(({ j }) => queries !== candidates || j !== i)
      .sort((a, b) => a.distance - b.distance || a.j - b.j)
      .slice(0, k);
    indices.push(...all.map(({ j }) => j));
    distances.push(...all.map(({ distance }) => (metric === 'euclidean' ? Math.sqrt(distance) : distance)));
  }
  return { k, indices: Int32Array.from(indices), distances: Float32Array.from(distances) };
}

/** Of the Euclidean distance the square. */
export function definition(a: Vectors, i: number, b: Vectors, j: number, metric: Metric): number {
  const { dimensions } = a;
  const [from, to] = [i * dimensions, j * dimensions];
  const length = ({ data }: Vectors, start: number) => {
    let sum = 0;
    for (let t = 0; t < dimensions; t++) sum += (data[start + t] as number) ** 2;
    return Math.sqrt(sum);
  };
  const [n, m] = metric === 'euclidean' ? [1, 1] : [length(a, from), length(b, to)];
  if (n === 0 || m === 0) return n === m ? 0 : 1;
  let sum = 0;
  for (let t = 0; t < dimensions; t++) sum += ((a.data[from + t] as number) / n - (b.data[to + t] as number) / m) ** 2;
  return metric === 'euclidean' ? sum : sum / 2;
}

/** The same neighbours in the same order. */
export function same(actual: NeighbourGraph, expected: NeighbourGraph): void {
  assert.equal(actual.k, expected.k);
  assert.deepEqual(actual.indices, expected.indices);
  actual.distances.forEach((distance, i) => {
    const right = expected.distances[i] as number;
    assert.ok(Math.abs(distance - right) <= 1e-6 * right + 1e-12, `${i}: ${distance}, not ${right}`);
  });
}

/** In 8 bit. */
export const bytes = ({ data, ...size }: Vectors): Vectors => ({ ...size, data: Uint8Array.from(data, (v) => 128 + 100 * v) });
