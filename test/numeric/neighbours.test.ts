/** Neighbours of many points against all distances in double precision, sorted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DistanceKernel } from '../../src/numeric/distanceKernel.ts';
import { distanceBetween, told, type Vectors } from '../../src/numeric/distances.ts';
import { nearestNeighbours, nearestOf } from '../../src/numeric/neighbours.ts';
import { metrics } from '../../src/shared/spaceProtocol.ts';
import { bruteForce, bytes, clouds, definition, same } from '../support/neighbours.ts';

for (const metric of metrics) {
  test(`${metric}: neighbours are those of all distances sorted, whatever the sizes`, async () => {
    for (const [count, dimensions, k] of [
      [2, 3, 1],
      [7, 1, 6],
      [9, 2, 3],
      [333, 5, 10],
      [700, 50, 90],
      [1201, 17, 4],
    ] as const) {
      const points = clouds(count, dimensions, { seed: count });
      same(await nearestNeighbours(points, k, { metric }), bruteForce(points, points, k, metric));
    }
  });

  test(`${metric}: of others, and of bytes`, async () => {
    for (const convert of [(points: Vectors) => points, bytes]) {
      const [queries, candidates] = [convert(clouds(37, 48, { seed: 3 })), convert(clouds(900, 48, { seed: 4 }))];
      same(await nearestOf(queries, candidates, 10, { metric }), bruteForce(queries, candidates, 10, metric));
    }
  });

  test(`${metric}: candidates beyond what is in memory at a time`, async () => {
    // 2²⁶ bytes are 1,024 vectors of 16,384 dimensions.
    const [queries, candidates] = [clouds(3, 16_384, { seed: 5 }), clouds(1100, 16_384, { seed: 6 })];
    same(await nearestOf(queries, candidates, 5, { metric }), bruteForce(queries, candidates, 5, metric));
  });

  test(`${metric}: equal points, zeros and ties go by their numbers`, async () => {
    const data = new Float32Array(300 * 4);
    for (let i = 0; i < 300; i++)
      data.set(
        [
          [0, 0, 0, 0],
          [1, 0, 0, 0],
          [0, 1, 0, 0],
          [2, 0, 0, 0],
          [0, 0, i, 1],
        ][i % 5] as number[],
        i * 4,
      );
    const points = { data, count: 300, dimensions: 4 };
    for (const k of [1, 10, 70, 299]) same(await nearestNeighbours(points, k, { metric }), bruteForce(points, points, k, metric));
    same(await nearestOf(points, { ...points, count: 150 }, 40, { metric }), bruteForce(points, { ...points, count: 150 }, 40, metric));
  });

  test(`${metric}: all points equal, or one, or none`, async () => {
    const equal = { data: new Float32Array(50 * 3).fill(2.5), count: 50, dimensions: 3 };
    same(await nearestNeighbours(equal, 5, { metric }), bruteForce(equal, equal, 5, metric));
    const [one, none] = [clouds(1, 3), clouds(0, 3)];
    assert.deepEqual(await nearestNeighbours(one, 5, { metric }), { k: 0, indices: new Int32Array(), distances: new Float32Array() });
    assert.deepEqual(await nearestNeighbours(none, 5, { metric }), { k: 0, indices: new Int32Array(), distances: new Float32Array() });
    assert.equal((await nearestOf(one, none, 5, { metric })).k, 0);
  });

  test(`${metric}: classes far apart and each narrower than single precision tells from so far`, async () => {
    const points = clouds(600, 24, { seed: 7, centres: 3, width: 1e-5 });
    same(await nearestNeighbours(points, 12, { metric }), bruteForce(points, points, 12, metric));
    const queries = clouds(30, 24, { seed: 7, centres: 3, width: 2e-5 });
    same(await nearestOf(queries, points, 12, { metric }), bruteForce(queries, points, 12, metric));
  });

  test(`${metric}: values near the ends of single precision`, async () => {
    for (const scale of [1e25, 1e-30]) {
      const { data, ...size } = clouds(200, 6, { seed: 8 });
      const points = { ...size, data: data.map((v) => v * scale) };
      same(await nearestNeighbours(points, 7, { metric }), bruteForce(points, points, 7, metric));
    }
    const [queries, points] = [clouds(20, 6, { seed: 9 }), clouds(100, 6, { seed: 10 })];
    const far = { ...queries, data: queries.data.map((v) => v * 1e30) };
    same(await nearestOf(far, points, 7, { metric }), bruteForce(far, points, 7, metric));
  });
}

test('distances are exact, and none of a vector to itself', () => {
  const points = clouds(40, 30, { seed: 11 });
  for (const metric of metrics) {
    const distance = distanceBetween(points, points, metric);
    for (let i = 0; i < 40; i++) {
      assert.equal(told(distance(i, i), metric), 0);
      for (let j = 0; j < 40; j++) {
        const expected = definition(points, i, points, j, metric);
        assert.ok(Math.abs(distance(i, j) - expected) < 1e-12);
      }
    }
  }
});

test('progress rises, and what it throws or a signal ends the search', async () => {
  const points = clouds(6000, 50);
  const heard: number[] = [];
  await nearestNeighbours(points, 30, { metric: 'euclidean', progress: (done) => heard.push(done) });
  assert.ok(heard.length > 1 && heard.every((done, i) => done >= 0 && done <= 1 && done >= (heard[i - 1] ?? 0)));
  const stop = new AbortController();
  const progress = () => stop.abort();
  await assert.rejects(nearestNeighbours(points, 30, { metric: 'euclidean', signal: stop.signal, progress }), { code: 'cancelled' });
  const thrown = new Error('enough');
  const ending = nearestNeighbours(points, 30, {
    metric: 'euclidean',
    progress: () => {
      throw thrown;
    },
  });
  await assert.rejects(ending, thrown);
});

test('more than memory holds is refused by name', () => {
  for (const gigabytes of [3, 8]) {
    const message = new RegExp(`${gigabytes}\\.0 GB of memory`);
    assert.throws(() => new DistanceKernel(gigabytes * 2 ** 30), { code: 'engine', message, hint: /fewer/ });
  }
});
