import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { nearestNeighbours } from '../../src/numeric/neighbours.ts';
import type { NeighbourGraph } from '../../src/numeric/points.ts';
import { labelAccuracy } from '../../src/numeric/quality.ts';
import { type UmapFrame, umap } from '../../src/numeric/umap.ts';
import { Random } from '../../src/shared/random.ts';
import { goldenTsne } from '../support/goldenTsne.ts';
import { repository } from '../support/paths.ts';
import { sharedMissing } from '../support/shared.ts';

test('digits lie apart, much more than in two principal components', async (t) => {
  const golden = goldenTsne();
  if (golden === undefined) return t.skip(sharedMissing);
  const graph = await nearestNeighbours({ data: golden.pca, count: 2000, dimensions: 50 }, 15, { metric: 'euclidean' });
  const { positions, epoch, stopped } = await umap(graph, { epochs: 200 });
  assert.deepEqual([epoch, stopped], [200, false]);
  const [mine, pca] = [positions, golden.layout('pca2_raw')].map((layout) => labelAccuracy(golden.labels, layout)) as [number, number];
  assert.ok(mine > 0.82 && pca < 0.45, `${mine} against ${pca}`);
});

/** Of points of noise, or of points that are all the same. */
async function graphOf(count: number, k: number, same = false): Promise<NeighbourGraph> {
  const random = Random.seeded(count);
  const data = Float32Array.from({ length: 5 * count }, () => (same ? 1 : random.uniform()));
  return nearestNeighbours({ data, count, dimensions: 5 }, k, { metric: 'euclidean' });
}

test('a seed makes the same layout again, another one another', async () => {
  const graph = await graphOf(200, 15);
  const [a, b, c] = await Promise.all([4, 4, 5].map((seed) => umap(graph, { seed, epochs: 30 })));
  assert.deepEqual(a?.positions, b?.positions);
  assert.notDeepEqual(a?.positions, c?.positions);
});

test('frames come on the way, hold copies, and an abort stops it with what there is', async () => {
  const graph = await graphOf(300, 10);
  const frames: UmapFrame[] = [];
  const controller = new AbortController();
  const onFrame = (frame: UmapFrame) => {
    frames.push(frame);
    if (frames.length === 3) controller.abort();
  };
  const { positions, epoch, epochs, stopped } = await umap(graph, { signal: controller.signal, onFrame, frameMs: 0 });
  assert.ok(stopped && epoch >= 3 && epoch < epochs);
  assert.equal(epochs, 500);
  assert.equal(frames.length, 3);
  assert.notDeepEqual(frames[0]?.positions, frames[2]?.positions);
  assert.deepEqual(frames[2]?.positions, positions);
});

test('few points, and points that are all the same, end with finite positions', async () => {
  for (const [count, k] of [
    [2, 1],
    [3, 2],
    [4, 3],
    [5, 4],
    [40, 15],
  ] as const) {
    for (const same of [false, true]) {
      const { positions } = await umap(await graphOf(count, k, same), { epochs: 20 });
      assert.equal(positions.length, 2 * count);
      assert.ok(positions.every(Number.isFinite), `${count} points, ${same ? 'all the same' : 'noise'}`);
    }
  }
  const alone = await umap({ k: 0, indices: new Int32Array(0), distances: new Float32Array(0) });
  assert.deepEqual(alone.positions, new Float32Array(2));
});

test('a distance that is not a number is refused', async () => {
  const graph = await graphOf(20, 5);
  graph.distances[7] = Number.NaN;
  await assert.rejects(umap(graph), RangeError);
});

test('bundled as the engine is, it needs no file beside it and no network', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-umap-'));
  try {
    const outfile = join(folder, 'umap.mjs');
    const contents = `import { umap } from './src/numeric/umap.ts';
      for (const name of ['node:net', 'node:tls']) (await import(name)).default.connect = () => { throw new Error('network'); };
      const graph = { k: 1, indices: Int32Array.of(1, 0, 1), distances: Float32Array.of(1, 1, 2) };
      console.log((await umap(graph, { epochs: 5 })).epoch);`;
    await build({ stdin: { contents, resolveDir: repository }, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
    const { stdout } = await promisify(execFile)(process.execPath, ['--disallow-code-generation-from-strings', outfile], { cwd: folder });
    assert.equal(stdout.trim(), '5');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
