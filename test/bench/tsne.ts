/**
 * t-SNE of the 10,000 MNIST test digits from pixels to layout, on one thread and on two; then of 60,000 points on one.
 *   npm run bench:tsne [-- ITERATIONS]
 * A repulsion as it is usually written, each point walking a tree by itself, is timed on the layouts: the baseline of the same run.
 */
import { type Affinities, affinities, neighboursFor } from '../../src/numeric/affinities.ts';
import { nearestNeighbours } from '../../src/numeric/neighbours.ts';
import { pca } from '../../src/numeric/pca.ts';
import type { Points } from '../../src/numeric/points.ts';
import { BarnesHut } from '../../src/numeric/tsne/barnesHut.ts';
import { InterpolatedRepulsion } from '../../src/numeric/tsne/interpolated.ts';
import type { Repulsion } from '../../src/numeric/tsne/repulsion.ts';
import { Tsne } from '../../src/numeric/tsne/tsne.ts';
import { Random } from '../../src/shared/random.ts';
import { mnistPictures } from '../support/datasets.ts';
import { PlainBarnesHut } from '../support/plainBarnesHut.ts';
import { sharedPath } from '../support/shared.ts';

const perplexity = 30;
const theta = 0.5;

const folder = sharedPath('datasets/mnist-test');
if (folder === undefined) console.log('left out: ../shared is not there');
else await bench(await digits(folder), Number(process.argv[2] ?? 1000));

/** [10000,784], 0..1. */
async function digits(from: string): Promise<Points> {
  const { pixels } = await mnistPictures(from);
  return { data: Float32Array.from(pixels, (v) => v / 255), count: pixels.length / 784, dimensions: 784 };
}

async function bench(images: Points, iterations: number): Promise<void> {
  const begin = performance.now();
  const { scores } = pca(images, 50);
  console.log(`${images.count} MNIST digits, ${iterations} iterations: ${secondsSince(begin)} for principal components`);
  const points = { data: scores, count: images.count, dimensions: 50 };
  const before = (performance.now() - begin) / 1000;
  await layOut(points, { iterations, threads: 1, before, bars: { seconds: 32, kl: 1.72 } });
  await layOut(points, { iterations, threads: 2, before, bars: { seconds: 18, kl: 1.72 } });
  console.log('60,000 points: the digits and five copies of each, shifted at random in the space of the components');
  await layOut(copies(points, 6), { iterations, threads: 1, before: 0, bars: { seconds: 100 } });
}

/** `times` as many points: off by a fifth of the standard deviation of each component. */
function copies({ data, count, dimensions }: Points, times: number): Points {
  const random = Random.seeded(1);
  const deviation = Array.from({ length: dimensions }, (_, d) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += (data[i * dimensions + d] as number) ** 2;
    return Math.sqrt(sum / count);
  });
  const shifted = Float32Array.from({ length: times * data.length }, (_, at) => {
    const source = data[at % data.length] as number;
    return at < data.length ? source : source + 0.2 * (deviation[at % dimensions] as number) * random.normals()[0];
  });
  return { data: shifted, count: times * count, dimensions };
}

interface Asked {
  iterations: number;
  threads: number;
  /** Seconds that were spent already. */
  before: number;
  bars: { seconds: number; kl?: number };
}

async function layOut(points: Points, { iterations, threads, before, bars }: Asked): Promise<void> {
  const begin = performance.now();
  const graph = await nearestNeighbours(points, neighboursFor(perplexity, points.count), { metric: 'euclidean' });
  const neighbours = secondsSince(begin);
  const between = performance.now();
  const p = affinities(graph, perplexity);
  console.log(`  ${neighbours} for neighbours, ${secondsSince(between)} for affinities`);
  const start = Float32Array.from({ length: 2 * points.count }, (_, k) => points.data[(k >> 1) * points.dimensions + (k & 1)] as number);
  const descent = performance.now();
  const cpu = process.cpuUsage();
  const { positions, kl, klFrom, method, threads: used } = await new Tsne(p, start, { iterations, threads, theta }).run();
  const each = (performance.now() - descent) / iterations;
  const { user } = process.cpuUsage(cpu);
  const seconds = (performance.now() - begin) / 1000 + before;
  console.log(
    `  ${points.count} points, ${method}, threads: ${used}: ${each.toFixed(1)} ms an iteration, ${(user / 1000 / iterations).toFixed(1)} of processor time`,
  );
  console.log(`  in all ${seconds.toFixed(1)} s${verdict(seconds, bars.seconds)}, KL ${kl.toFixed(3)} (${klFrom})${verdict(kl, bars.kl)}`);
  if (threads === 1) compare(p, Float64Array.from(positions));
}

/** Repulsion at a layout: the ways of it take turns, the quickest of some times of each counts. */
function compare({ count }: Affinities, layout: Float64Array): void {
  const ways: Record<string, Repulsion> = {
    'each point by itself': new PlainBarnesHut(count, theta),
    'by groups': new BarnesHut(count, theta),
    interpolated: new InterpolatedRepulsion(count),
  };
  const forces = new Float64Array(2 * count);
  const best = Object.keys(ways).map(() => Infinity);
  for (let round = 0; round < 10; round++) {
    for (const [i, way] of Object.values(ways).entries()) {
      const begin = performance.now();
      way.prepare(layout);
      way.apply(0, count, forces);
      best[i] = Math.min(best[i] as number, performance.now() - begin);
    }
  }
  const [plain] = best as [number];
  const list = Object.keys(ways).map(
    (name, i) => `${name} ${best[i]?.toFixed(1)} ms (${(plain / (best[i] as number)).toFixed(1)} times as fast)`,
  );
  console.log(`  repulsion of this layout: ${list.join(', ')}`);
}

function verdict(value: number, bar: number | undefined): string {
  return bar === undefined ? '' : ` (bar ${bar}: ${value <= bar ? 'met' : 'MISSED'})`;
}

function secondsSince(begin: number): string {
  return `${((performance.now() - begin) / 1000).toFixed(2)} s`;
}
