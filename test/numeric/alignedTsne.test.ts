/** Layouts that follow one another: the pull against finite differences, where points stay, where they go, where new ones begin. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Affinities, affinities, neighboursFor } from '../../src/numeric/affinities.ts';
import { nearestNeighbours } from '../../src/numeric/neighbours.ts';
import type { NeighbourGraph } from '../../src/numeric/points.ts';
import { klDivergence, labelAccuracy } from '../../src/numeric/quality.ts';
import { alignedTsne, startAfter } from '../../src/numeric/tsne/aligned.ts';
import { attract } from '../../src/numeric/tsne/attraction.ts';
import { BarnesHut } from '../../src/numeric/tsne/barnesHut.ts';
import { pull, pullCost } from '../../src/numeric/tsne/pull.ts';
import { Tsne } from '../../src/numeric/tsne/tsne.ts';
import { Random } from '../../src/shared/random.ts';
import { repel } from '../support/repulsion.ts';

interface Scene {
  graph: NeighbourGraph;
  near: Affinities;
  start: Float32Array;
}

/** Points around four centres; `of`: whose each is. `seed`: of what differs between epochs. */
async function scene(of: readonly number[], seed: number): Promise<Scene> {
  const random = Random.seeded(7);
  const own = of.map(() => Array.from({ length: 8 }, () => random.normals()[0]));
  const noise = Random.seeded(seed);
  const rows = of.map((kind, i) => own[i]!.map((v, d) => v + 0.3 * noise.normals()[0] + (d === kind ? 12 : 0)));
  const points = { data: Float32Array.from(rows.flat()), count: of.length, dimensions: 8 };
  const graph = await nearestNeighbours(points, neighboursFor(10, of.length), { metric: 'euclidean' });
  return { graph, near: affinities(graph, 10), start: Float32Array.from(rows.flatMap(([x, y]) => [x! + 0.1 * y!, y!])) };
}

const of = Array.from({ length: 240 }, (_, i) => i % 4);

async function alone({ near, start }: Scene): Promise<Float32Array> {
  return (await new Tsne(near, start, { iterations: 500 }).run()).positions;
}

function distances(a: Float32Array, b: Float32Array): number[] {
  return Array.from({ length: a.length / 2 }, (_, i) => Math.hypot(a[2 * i]! - b[2 * i]!, a[2 * i + 1]! - b[2 * i + 1]!));
}

function diameter(positions: Float32Array): number {
  const points = Array.from({ length: positions.length / 2 }, (_, i) => i);
  const far = (i: number) =>
    Math.max(...points.map((j) => Math.hypot(positions[2 * i]! - positions[2 * j]!, positions[2 * i + 1]! - positions[2 * j + 1]!)));
  return Math.max(...points.map(far));
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

test('the pull is the gradient of its cost, beside that of the divergence', async () => {
  const { near } = await scene(of.slice(0, 60), 1);
  const random = Random.seeded(3);
  const positions = Float64Array.from({ length: 120 }, () => random.normals()[0] * 3);
  const places = Float32Array.from({ length: 120 }, (_, k) => (k < 20 ? Number.NaN : random.normals()[0] * 3));
  const held = { places, strength: 0.4 };
  const attraction = new Float64Array(120);
  attract({ ...near, positions, attraction }, 0, 60);
  pull(positions, Float64Array.from(places), held.strength, attraction);
  const { forces, z } = repel(new BarnesHut(60, 0), positions);
  const cost = (at: Float64Array) => klDivergence(near, at).kl + pullCost(at, held);
  for (let k = 0; k < 120; k++) {
    const step = 1e-4;
    const at = (by: number) => cost(positions.with(k, positions[k]! + by));
    const slope = (at(step) - at(-step)) / (2 * step);
    const gradient = 4 * (attraction[k]! - forces[k]! / z);
    assert.ok(Math.abs(gradient - slope) < 1e-6 + 1e-4 * Math.abs(slope), `${k}: ${gradient} against ${slope}`);
  }
});

test('goes on from a layout as it is', async () => {
  const { near, start } = await scene(of, 1);
  const { positions } = await new Tsne(near, start, { goOn: true }).run({ signal: AbortSignal.abort() });
  assert.deepEqual(positions, start);
});

test('held strongly, points stay; lightly, they give way; the same whatever the threads', async () => {
  const [one, two] = [await scene(of, 1), await scene(of, 2)];
  const before = await alone(one);
  const shifted = before.map((v, k) => v + (k % 2 ? -3 : 40));
  const off = async (strength: number) => {
    const held = { places: shifted, strength };
    const { positions } = await new Tsne(two.near, shifted, { goOn: true, held, iterations: 200 }).run();
    return median(distances(positions, shifted));
  };
  const [strong, weak] = [await off(1), await off(0.001)];
  assert.ok(strong < 0.5 && strong < weak / 10, `${strong}, ${weak}`);
  const runs = await Promise.all([1, 2].map((threads) => alignedTsne(two.near, two.graph, shifted, { threads })));
  assert.deepEqual(runs[1]?.positions, runs[0]?.positions);
});

test('points stay where they were, but for those whose neighbours are others now', async () => {
  // Every tenth of the first kind is of the second now.
  const changed = (i: number) => i % 40 === 0;
  const later = of.map((kind, i) => (changed(i) ? 1 : kind));
  const [one, two] = [await scene(of, 1), await scene(later, 2)];
  const before = await alone(one);
  const after = await alignedTsne(two.near, two.graph, before, { threads: 1 });
  const free = await new Tsne(two.near, two.start, { iterations: 750 }).run();
  const size = diameter(before);
  const [held, unheld] = [distances(before, after.positions), distances(before, free.positions)];
  const stay = (all: readonly number[]) => median(all.filter((_, i) => !changed(i))) / size;
  assert.ok(stay(held) < 0.1, `held ${stay(held)}, alone ${stay(unheld)}`);
  assert.ok(stay(held) < stay(unheld) / 2, `held ${stay(held)}, alone ${stay(unheld)}`);
  assert.equal(labelAccuracy(later, after.positions), 1, 'all are among their kind');
  assert.ok(after.kl < 1.15 * free.kl, `${after.kl} against ${free.kl} alone`);
});

test('a new point begins amid its neighbours, and is held nowhere', async () => {
  const one = await scene(of, 1);
  const before = await alone(one);
  const isNew = (i: number) => i % 7 === 0;
  const places = before.map((v, k) => (isNew(k >> 1) ? Number.NaN : v));
  const start = startAfter(one.graph, places);
  assert.ok(start.every(Number.isFinite));
  const kept = (all: Float32Array) => all.filter((_, k) => !isNew(k >> 1));
  assert.deepEqual(kept(start), kept(before));
  assert.ok(median(distances(start, before).filter((_, i) => isNew(i))) < diameter(before) / 10);
  const { positions } = await alignedTsne(one.near, one.graph, places, { threads: 1 });
  assert.ok(positions.every(Number.isFinite));
  assert.equal(labelAccuracy(of, positions), 1);
});

test('of many new points that nobody knows all begin somewhere, apart from each other', () => {
  const before = new Float32Array(12).fill(Number.NaN);
  before.set([5, 6]);
  const start = startAfter({ k: 1, indices: Int32Array.of(1, 2, 3, 4, 5, 4) }, before);
  assert.equal(new Set(start).size, 12);
  assert.ok(
    distances(
      start,
      Float32Array.from({ length: 12 }, (_, k) => 5 + (k % 2)),
    ).every((d) => d < 0.1),
  );
});
