/**
 * Neighbours: one query exactly, all of all points, and what an approximate index finds, against plain loops over the same numbers.
 *   npm run bench:neighbours [-- all]
 * `all`: 60,000 points of 50 dimensions too. The two sides take turns, so that a busy machine slows both.
 */
import { ApproximateIndex } from '../../src/numeric/approximate.ts';
import { nearestNeighbours } from '../../src/numeric/neighbours.ts';
import type { Points } from '../../src/numeric/points.ts';
import { search } from '../../src/numeric/search.ts';
import { usearch } from '../../src/numeric/usearch.ts';
import { Random } from '../../src/shared/random.ts';
import type { Metric } from '../../src/shared/spaceProtocol.ts';

/** Clusters whose spread falls from dimension to dimension, as after PCA; on memory that threads share, as a set of rows. */
function clustered(count: number, dimensions: number): Points {
  const random = Random.seeded(3);
  const uniform = () => random.bits() / 2 ** 31 - 1;
  const centres = Float64Array.from({ length: 10 * dimensions }, uniform);
  const data = new Float32Array(new SharedArrayBuffer(4 * count * dimensions));
  for (let i = 0, at = 0; i < count; i++) {
    for (let t = 0; t < dimensions; t++)
      data[at++] = (2 * (centres[(i % 10) * dimensions + t] as number) + 3 * uniform()) * Math.exp(-t / dimensions);
  }
  return { data, count, dimensions };
}

/** All distances of one point by loops, sorted. */
function byLoops({ data, count, dimensions }: Points, query: number, k: number): number[] {
  const distances = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let t = 0; t < dimensions; t++) {
      const difference = (data[i * dimensions + t] as number) - (data[query * dimensions + t] as number);
      sum += difference * difference;
    }
    distances[i] = sum;
  }
  return [...distances.keys()].sort((a, b) => (distances[a] as number) - (distances[b] as number) || a - b).slice(0, k);
}

const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] as number;

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function oneQuery(count: number, dimensions: number, bar: number): Promise<void> {
  const points = clustered(count, dimensions);
  for (const metric of ['euclidean', 'cosine'] as const) {
    const [ours, loops]: [number[], number[]] = [[], []];
    for (let i = 0; i < 15; i++) {
      const at = i * 97;
      const query = points.data.slice(at * dimensions, (at + 1) * dimensions);
      let found: Int32Array = new Int32Array();
      ours.push(
        await timed(async () => {
          found = (await search(points, query, 13, metric)).indices;
        }),
      );
      if (metric === 'cosine') continue;
      let right: number[] = [];
      loops.push(
        await timed(() => {
          right = byLoops(points, at, 13);
        }),
      );
      if (found.join() !== right.join()) throw new Error(`other neighbours of ${at}: ${found.join()}, not ${right.join()}`);
    }
    const beside =
      loops.length === 0 ? '' : `, plain loops ${median(loops).toFixed(1)} ms: ${(median(loops) / median(ours)).toFixed(1)} times as fast`;
    console.log(`one query of ${count} × ${dimensions}, ${metric}: ${median(ours).toFixed(1)} ms (bar ${bar} ms)${beside}`);
  }
}

async function allPoints(count: number, dimensions: number, k: number, bar: number): Promise<void> {
  const points = clustered(count, dimensions);
  const queries = 20;
  let right: number[][] = [];
  const loops = await timed(() => {
    right = Array.from({ length: queries }, (_, i) => byLoops(points, i * 11, k + 1));
  });
  const before = process.cpuUsage();
  let indices: Int32Array = new Int32Array();
  const ms = await timed(async () => {
    indices = (await nearestNeighbours(points, k, { metric: 'euclidean' })).indices;
  });
  const { user, system } = process.cpuUsage(before);
  right.forEach((row, i) => {
    const found = indices.subarray(i * 11 * k, (i * 11 + 1) * k).join();
    if (found !== row.slice(1).join()) throw new Error(`other neighbours of ${i * 11}`);
  });
  const all = (loops / queries) * count;
  console.log(
    `all of ${count} × ${dimensions}, k ${k}: ${(ms / 1000).toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} s of processor (bar ${bar} s); ` +
      `plain loops would take ${(all / 1000).toFixed(0)} s: ${(all / ms).toFixed(0)} times as fast`,
  );
}

async function approximately(count: number, dimensions: number, metric: Metric): Promise<void> {
  const library = await usearch();
  if (!library) return console.log('left out: usearch is not installed for this platform');
  const points = clustered(count, dimensions);
  let index: ApproximateIndex | undefined;
  const building = await timed(async () => {
    index = await ApproximateIndex.build(library, points, { metric });
  });
  const queries = 200;
  const asking = await timed(() => {
    for (let i = 0; i < queries; i++) index?.search(points.data.slice(i * dimensions, (i + 1) * dimensions), 12);
  });
  console.log(
    `approximate index of ${count} × ${dimensions}, ${metric}: built in ${(building / 1000).toFixed(1)} s, ${(asking / queries).toFixed(2)} ms a query, recall of 10 ${index?.recall.toFixed(4)}`,
  );
}

await oneQuery(60_000, 512, 15);
await allPoints(10_000, 50, 90, 1.5);
if (process.argv.includes('all')) await allPoints(60_000, 50, 90, 25);
await approximately(10_000, 128, 'cosine');
await approximately(10_000, 128, 'euclidean');
