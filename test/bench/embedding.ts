/**
 * What t-SNE's iterations and its start are made of: repulsion on a grid against all pairs, against a tree, and against the transforms
 * alone that four charges on a plain grid of 512 × 512 take; principal components against loops.
 *   node test/bench/embedding.ts [POINTS]
 * They take turns, so that a busy machine slows all.
 */
import FFT from 'fft.js';
import { pca } from '../../src/numeric/pca.ts';
import type { Points } from '../../src/numeric/points.ts';
import { neighbourQuality } from '../../src/numeric/quality.ts';
import { BarnesHut } from '../../src/numeric/tsne/barnesHut.ts';
import { InterpolatedRepulsion } from '../../src/numeric/tsne/interpolated.ts';
import { frameOf } from '../../src/numeric/tsne/interpolatedFrame.ts';
import type { Repulsion } from '../../src/numeric/tsne/repulsion.ts';
import { Random } from '../../src/shared/random.ts';

const count = Number(process.argv[2] ?? 60_000);
const bar = 45;
const rounds = 5;

repulsion(clusters(count));
components();

/** As dense as digits at the end of a run, in an order that keeps what is near together. */
function clusters(n: number): Float64Array {
  const random = Random.seeded(1);
  const across = 150 * Math.sqrt(n / 60_000);
  const centres = Array.from({ length: 200 }, () => [random.uniform() - 0.5, random.uniform() - 0.5]).sort((a, b) => a[0]! - b[0]!);
  return Float64Array.from(
    { length: 2 * n },
    (_, at) => across * (centres[Math.floor((at * 100) / n)]![at % 2]! + 0.03 * random.normals()[0]),
  );
}

function repulsion(positions: Float64Array): void {
  const rows = Int32Array.from({ length: 300 }, (_, i) => Math.floor((i * count) / 300));
  const forces = { grid: new Float64Array(2 * count), tree: new Float64Array(2 * count), pairs: new Float64Array(2 * count) };
  const iterate = (method: Repulsion, into: Float64Array) => {
    method.prepare(positions);
    method.apply(0, count, into);
  };
  const [grid, tree] = [new InterpolatedRepulsion(count), new BarnesHut(count, 0.5)];
  const spent = interleaved({
    grid: () => iterate(grid, forces.grid),
    tree: () => iterate(tree, forces.tree),
    transforms: plainTransforms(512),
    pairs: () => allPairs(positions, rows, forces.pairs),
  });
  const pairs = (spent.pairs! * count) / rows.length;
  const size = frameOf(positions, count).map(({ nodes, padded }) => `${nodes} (${padded})`);
  console.log(`repulsion of ${count} points, one iteration, one thread; ${size.join(' × ')} nodes`);
  console.log(`  grid ${ms(spent.grid)} (bar ${bar} ms at 60,000: ${spent.grid! <= bar ? 'met' : 'MISSED'}), off by ${error('grid')}`);
  console.log(`  tree ${ms(spent.tree)}: ${ratio(spent.grid, spent.tree)}, off by ${error('tree')}`);
  console.log(`  all pairs ${ms(pairs)}: ${ratio(spent.grid, pairs)}`);
  console.log(
    `  the transforms of four charges on 512 × 512 nodes, fft.js, ${ms(spent.transforms)}: ${ratio(spent.grid, spent.transforms)}`,
  );

  function error(method: 'grid' | 'tree'): string {
    let [off, size] = [0, 0];
    for (const row of rows) {
      for (const at of [2 * row, 2 * row + 1]) {
        off += (forces[method][at]! - forces.pairs[at]!) ** 2;
        size += forces.pairs[at]! ** 2;
      }
    }
    return `${(100 * Math.sqrt(off / size)).toFixed(2)} %`;
  }
}

function allPairs(positions: Float64Array, rows: Int32Array, forces: Float64Array): void {
  for (const row of rows) {
    const x = positions[2 * row]!;
    const y = positions[2 * row + 1]!;
    let fx = 0;
    let fy = 0;
    for (let j = 0; j < positions.length; j += 2) {
      const dx = x - positions[j]!;
      const dy = y - positions[j + 1]!;
      const q = 1 / (1 + dx * dx + dy * dy);
      fx += q * q * dx;
      fy += q * q * dy;
    }
    forces[2 * row] = fx;
    forces[2 * row + 1] = fy;
  }
}

/** Two charges in one complex grid: there and back, two times. */
function plainTransforms(size: number): () => void {
  const fft = new FFT(size);
  const [from, to] = [new Float64Array(2 * size), new Float64Array(2 * size)].map((x) => x.fill(0.1)) as [Float64Array, Float64Array];
  return () => {
    for (let transform = 0; transform < 4; transform++) {
      for (let line = 0; line < 2 * size; line++) fft.transform(to as unknown as number[], from as unknown as number[]);
    }
  };
}

function components(): void {
  const random = Random.seeded(2);
  const points: Points = { data: Float32Array.from({ length: 10_000 * 784 }, () => random.uniform()), count: 10_000, dimensions: 784 };
  const layout = Float32Array.from({ length: 20_000 }, (_, at) => points.data[Math.floor(at / 2) * 784 + (at % 2)]!);
  const share = 50;
  const spent = interleaved({
    pca: () => pca(points, 50),
    loops: () => covarianceByLoops(points, points.count / share),
    quality: () => neighbourQuality(points, layout),
  });
  console.log('10,000 points of 784 dimensions');
  console.log(`  50 principal components ${ms(spent.pca)}: ${ratio(spent.pca, spent.loops! * share)} of loops for the covariance alone`);
  console.log(`  quality of a layout ${ms(spent.quality)}, ${neighbourQuality(points, layout).sampled} rows`);
}

function covarianceByLoops({ data, dimensions }: Points, rows: number): Float64Array {
  const covariance = new Float64Array(dimensions * dimensions);
  for (let i = 0; i < rows; i++) {
    for (let a = 0; a < dimensions; a++) {
      const x = data[i * dimensions + a]!;
      for (let b = a; b < dimensions; b++) covariance[a * dimensions + b] = covariance[a * dimensions + b]! + x * data[i * dimensions + b]!;
    }
  }
  return covariance;
}

/** The least of some rounds, in which each takes its turn, ms; the first round compiles. */
function interleaved(work: Record<string, () => unknown>): Record<string, number> {
  const least = Object.fromEntries(Object.keys(work).map((name) => [name, Number.POSITIVE_INFINITY]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries(work)) {
      const begin = performance.now();
      run();
      if (round > 0) least[name] = Math.min(least[name]!, performance.now() - begin);
    }
  }
  return least;
}

function ms(time: number | undefined): string {
  return `${(time ?? Number.NaN).toFixed(1)} ms`;
}

function ratio(mine: number | undefined, other: number | undefined): string {
  return `${((mine ?? Number.NaN) / (other ?? Number.NaN)).toPrecision(2)} times`;
}
