/** Neighbours of one query: with the library, without it, and approximately. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApproximateIndex } from '../../src/numeric/approximate.ts';
import type { Vectors } from '../../src/numeric/distances.ts';
import { neighbourGraph } from '../../src/numeric/neighbourGraph.ts';
import { search, searchWith } from '../../src/numeric/search.ts';
import { type Usearch, usearch } from '../../src/numeric/usearch.ts';
import { metrics } from '../../src/shared/spaceProtocol.ts';
import { bruteForce, bytes, clouds, same } from '../support/neighbours.ts';

const library = await usearch();
const libraryMissing = 'left out: usearch is not installed for this platform';

const engines: readonly (readonly [string, Usearch | undefined])[] = [
  ['with the library', library],
  ['without it', undefined],
];

for (const [name, engine] of engines) {
  for (const metric of metrics) {
    const check = async (points: Vectors, queries: Vectors, k: number) => {
      const { dimensions } = points;
      const expected = bruteForce(queries, { ...points }, k, metric);
      for (let i = 0; i < queries.count; i++) {
        const query = queries.data.slice(i * dimensions, (i + 1) * dimensions);
        const row = { indices: expected.indices.slice(i * k, (i + 1) * k), distances: expected.distances.slice(i * k, (i + 1) * k) };
        same({ k, ...(await searchWith(engine, points, query, k, metric)) }, { k, ...row });
      }
    };

    test(`${metric}, ${name}: the nearest are those of all distances sorted`, async (t) => {
      if (name === 'with the library' && !library) return t.skip(libraryMissing);
      for (const dimensions of [1, 7, 64, 300]) {
        const points = clouds(500, dimensions, { seed: dimensions });
        for (const k of [1, 10, 480, 500]) await check(points, clouds(5, dimensions, { seed: 99 }), k);
        // Points themselves: the nearest is at 0.
        await check(points, { ...points, count: 5 }, 10);
      }
    });

    test(`${metric}, ${name}: bytes, ties, zeros, all equal`, async (t) => {
      if (name === 'with the library' && !library) return t.skip(libraryMissing);
      await check(bytes(clouds(300, 100, { seed: 1 })), bytes(clouds(4, 100, { seed: 2 })), 12);
      const grid = { data: Float32Array.from({ length: 600 }, (_, i) => Math.floor(i / 2 + (i % 2)) % 3), count: 300, dimensions: 2 };
      await check(grid, { ...grid, count: 6 }, 20);
      await check({ data: new Float32Array(400), count: 100, dimensions: 4 }, clouds(1, 4), 5);
      await check(
        { data: new Float32Array(400).fill(3), count: 100, dimensions: 4 },
        { data: new Float32Array(4).fill(3), count: 1, dimensions: 4 },
        5,
      );
      await check(clouds(100, 4), { data: new Float32Array(4), count: 1, dimensions: 4 }, 5);
      // Nearer and nearer, by less than single precision tells.
      const line = { data: Float32Array.from({ length: 1000 }, (_, i) => (i % 2 ? (1000 - i) * 5e-7 : 1)), count: 500, dimensions: 2 };
      await check(line, { data: Float32Array.of(0, 0, 1, 0), count: 2, dimensions: 2 }, 10);
    });
  }
}

test('more neighbours than points, none at all', async () => {
  const points = clouds(3, 2);
  assert.equal((await search(points, points.data.slice(0, 2), 10, 'cosine')).indices.length, 3);
  assert.equal((await search({ ...points, count: 0, data: new Float32Array() }, points.data.slice(0, 2), 10, 'cosine')).indices.length, 0);
});

test('loops over much give way to others, and can be cancelled', async () => {
  const points = { data: new Uint8Array(9 * 2 ** 20).map((_, i) => (i * 31) & 255), count: 9 * 2 ** 10, dimensions: 2 ** 10 };
  const query = points.data.slice(2 ** 20, 2 ** 20 + 2 ** 10);
  const { indices } = await search(points, query, 1, 'euclidean');
  const found = points.data.subarray((indices[0] as number) * 2 ** 10, ((indices[0] as number) + 1) * 2 ** 10);
  assert.deepEqual(found, query);
  const signal = AbortSignal.abort();
  for (const metric of metrics) await assert.rejects(search(points, query, 1, metric, { signal }), { code: 'cancelled' });
});

test('memory that threads share is searched where it lies', async () => {
  const points = clouds(200, 20);
  const data = new Float32Array(new SharedArrayBuffer(points.data.byteLength));
  data.set(points.data);
  const query = clouds(1, 20, { seed: 5 }).data as Float32Array;
  for (const metric of metrics)
    assert.deepEqual(await search({ ...points, data }, query, 10, metric), await search(points, query, 10, metric));
});

for (const metric of metrics) {
  test(`${metric}: an approximate index tells its recall, ranks exactly and leaves the point itself out of its graph`, async (t) => {
    if (!library) return t.skip(libraryMissing);
    const points = clouds(2000, 40, { seed: 3, centres: 30, width: 0.5 }) as Vectors & { data: Float32Array };
    points.data = points.data.map((v) => v * 1e6);
    const heard: number[] = [];
    const index = await ApproximateIndex.build(library, points, { metric, progress: (done) => heard.push(done) });
    assert.ok(heard.length > 0);
    const k = 10;
    const exact = bruteForce(points, points, k, metric);
    const graph = await index.graph(k, {});
    let hits = 0;
    for (let i = 0; i < points.count; i++) {
      const [mine, right] = [graph, exact].map(({ indices }) => indices.subarray(i * k, (i + 1) * k)) as [Int32Array, Int32Array];
      assert.ok(!mine.includes(i));
      hits += mine.filter((j) => right.includes(j)).length;
      const distances = graph.distances.subarray(i * k, (i + 1) * k);
      assert.deepEqual(distances, distances.toSorted());
    }
    const recall = hits / (points.count * k);
    assert.ok(recall > 0.95, `recall ${recall}`);
    assert.ok(Math.abs(index.recall - recall) < 0.03, `told ${index.recall}, is ${recall}`);
    const stop = AbortSignal.abort();
    await assert.rejects(ApproximateIndex.build(library, points, { metric, signal: stop }), { code: 'cancelled' });
  });
}

test('a graph is exact up to a limit of work, approximate above, and exact of bytes', async (t) => {
  if (!library) return t.skip(libraryMissing);
  // One more than whole batches.
  const points = clouds(1025, 16, { seed: 12, width: 1 });
  const options = { metric: 'euclidean' } as const;
  const exact = bruteForce(points, points, 8, 'euclidean');
  const { recall, ...graph } = await neighbourGraph(points, 8, options);
  assert.equal(recall, undefined);
  same(graph, exact);
  const heard: number[] = [];
  const close = await neighbourGraph(points, 8, { ...options, progress: (done) => heard.push(done) }, 1000);
  assert.ok(close.recall !== undefined && close.recall > 0.95);
  const hits = close.indices.filter((index, at) => exact.indices.subarray(at - (at % 8), at - (at % 8) + 8).includes(index)).length;
  assert.ok(hits / exact.indices.length > 0.95);
  assert.deepEqual(
    heard,
    heard.toSorted((a, b) => a - b),
  );
  assert.equal((await neighbourGraph(bytes(points), 8, options, 1000)).recall, undefined);
});
