/** Runs of t-SNE: against other implementations, the gradient against finite differences, threads, stopping, sets that leave nothing to do. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { type Affinities, affinities, neighboursFor } from '../../src/numeric/affinities.ts';
import { klDivergence, labelAccuracy, neighbourQuality } from '../../src/numeric/quality.ts';
import { attract } from '../../src/numeric/tsne/attraction.ts';
import { BarnesHut } from '../../src/numeric/tsne/barnesHut.ts';
import { Tsne, type TsneFrame, type TsneOptions } from '../../src/numeric/tsne/tsne.ts';
import { Random } from '../../src/shared/random.ts';
import { goldenTsne } from '../support/goldenTsne.ts';
import { repel } from '../support/repulsion.ts';
import { sharedMissing } from '../support/shared.ts';

/** Points of three clusters in eight dimensions, their affinities and a start. */
function clusters(count: number, seed = 1): { p: Affinities; start: Float32Array; of: (i: number) => number } {
  const random = Random.seeded(seed);
  const of = (i: number) => i % 3;
  const points = Array.from({ length: count }, (_, i) => Array.from({ length: 8 }, (_, d) => random.normals()[0] + (d === of(i) ? 12 : 0)));
  const k = neighboursFor(10, count);
  const rows = points.map((a, i) =>
    points
      .map((b, j) => ({ j, distance: Math.hypot(...a.map((v, d) => v - (b[d] as number))) }))
      .filter(({ j }) => j !== i)
      .sort((x, y) => x.distance - y.distance)
      .slice(0, k),
  );
  const indices = Int32Array.from(rows.flat(), ({ j }) => j);
  const p = affinities({ k, indices, distances: Float32Array.from(rows.flat(), ({ distance }) => distance) }, 10);
  return { p, start: Float32Array.from(points.flatMap(([x, y]) => [x as number, y as number])), of };
}

function run(count: number, options: TsneOptions) {
  const { p, start } = clusters(count);
  return new Tsne(p, start, { iterations: 60, ...options }).run();
}

test('2,000 digits: as good as scikit-learn and openTSNE', (t: TestContext) => {
  const golden = goldenTsne();
  if (golden === undefined) return t.skip(sharedMissing);
  return lay(golden);
});

async function lay(golden: NonNullable<ReturnType<typeof goldenTsne>>): Promise<void> {
  const { positions, kl, klFrom, iterations, stopped, method } = await new Tsne(golden.affinities, golden.start, {
    iterations: 1000,
  }).run();
  assert.deepEqual([klFrom, iterations, stopped, method], ['exact', 1000, false, 'barnes-hut']);
  const { preservation, trustworthiness } = neighbourQuality({ data: golden.pca, count: 2000, dimensions: 50 }, positions, { rows: 2000 });
  const worst = (pick: (bar: (typeof golden.bars)[number]) => number) => Math.min(...golden.bars.map(pick));
  const worstKl = Math.max(...golden.bars.map(({ klAgainstOurP }) => klAgainstOurP));
  assert.ok(kl <= worstKl, `KL ${kl} against ${worstKl}`);
  assert.ok(preservation >= worst((bar) => bar.neighbourPreservation10) - 0.005, `preservation ${preservation}`);
  assert.ok(trustworthiness >= worst((bar) => bar.trustworthiness10) - 0.002, `trustworthiness ${trustworthiness}`);
  const accuracy = labelAccuracy(golden.labels, positions);
  assert.ok(accuracy >= worst((bar) => bar.knn10LabelAccuracy) - 0.01, `accuracy ${accuracy}`);
}

test('attraction and repulsion are the gradient of the divergence', () => {
  const { p } = clusters(60);
  const random = Random.seeded(3);
  const positions = Float64Array.from({ length: 120 }, () => random.normals()[0] * 3);
  const attraction = new Float64Array(120);
  attract({ ...p, positions, attraction }, 0, 60);
  const { forces, z } = repel(new BarnesHut(60, 0), positions);
  for (let k = 0; k < 120; k++) {
    const step = 1e-4;
    const at = (by: number) => klDivergence(p, positions.with(k, (positions[k] as number) + by)).kl;
    const slope = (at(step) - at(-step)) / (2 * step);
    // van der Maaten, Hinton 2008, equation 5.
    const gradient = 4 * ((attraction[k] as number) - (forces[k] as number) / z);
    assert.ok(Math.abs(gradient - slope) < 1e-6 + 1e-4 * Math.abs(slope), `${k}: ${gradient} against ${slope}`);
  }
});

for (const method of ['barnes-hut', 'interpolated'] as const) {
  test(`${method}: the same for the same seed, whatever the threads`, async () => {
    const one = await run(300, { method });
    assert.deepEqual((await run(300, { method })).positions, one.positions);
    for (const threads of [2, 3]) {
      const more = await run(300, { method, threads });
      assert.equal(more.threads, threads);
      assert.deepEqual(more.positions, one.positions);
      assert.equal(more.kl, one.kl);
    }
    assert.notDeepEqual((await run(300, { method, seed: 1 })).positions, one.positions);
  });

  test(`${method}: clusters come apart`, async () => {
    const { p, start, of } = clusters(300);
    const { positions, kl } = await new Tsne(p, start, { iterations: 500, method }).run();
    assert.equal(
      labelAccuracy(
        Array.from({ length: 300 }, (_, i) => of(i)),
        positions,
      ),
      1,
    );
    assert.ok(kl < 1, `KL ${kl}`);
    const mean = [0, 1].map((axis) => positions.reduce((sum, v, k) => sum + (k % 2 === axis ? v / 300 : 0), 0));
    assert.ok(
      mean.every((m) => Math.abs(m) < 1e-4),
      `centre ${mean}`,
    );
  });
}

test('frames tell where the run is', async () => {
  const { p, start } = clusters(300);
  const frames: TsneFrame[] = [];
  const result = await new Tsne(p, start, { iterations: 300, exaggerationIterations: 100 }).run({
    onFrame: (frame) => frames.push(frame),
    frameMs: 0,
  });
  assert.deepEqual(
    frames.map(({ iteration }) => iteration),
    Array.from({ length: 300 }, (_, i) => i + 1),
  );
  assert.deepEqual([frames[98]?.phase, frames[99]?.phase], ['early exaggeration', 'descent']);
  const last = frames.at(-1) as TsneFrame;
  assert.deepEqual(last.positions, result.positions);
  assert.equal(last.secondsLeft, 0);
  assert.ok(Math.abs((last.kl as number) - result.kl) < 0.1, `${last.kl} against ${result.kl}`);
  assert.ok((last.kl as number) < (frames[0]?.kl as number));
});

for (const threads of [1, 2]) {
  test(`${threads} of the threads: stops after the iteration that is being done, with what there is`, async () => {
    const { p, start } = clusters(300);
    const stop = new AbortController();
    const seen: TsneFrame[] = [];
    const tsne = new Tsne(p, start, { iterations: 1e9, threads });
    const { positions, iterations, stopped, kl } = await tsne.run({
      signal: stop.signal,
      frameMs: 0,
      onFrame: (frame) => {
        seen.push(frame);
        if (frame.iteration === 20) stop.abort();
      },
    });
    assert.deepEqual([iterations, stopped], [20, true]);
    assert.deepEqual(positions, seen.at(-1)?.positions);
    assert.ok(Number.isFinite(kl));
  });
}

test('what a listener throws ends the run and its threads', async () => {
  const { p, start } = clusters(60);
  const tsne = new Tsne(p, start, { iterations: 1e9, threads: 2 });
  const onFrame = () => {
    throw new Error('enough');
  };
  await assert.rejects(tsne.run({ onFrame, frameMs: 0 }), /enough/);
});

test('stopped before it starts: the start', async () => {
  const { p, start } = clusters(60);
  const { iterations, positions } = await new Tsne(p, start).run({ signal: AbortSignal.abort() });
  assert.equal(iterations, 0);
  // Up to the jitter, a hundredth of the spread.
  const ratio = (k: number) => (positions[k] as number) / ((start[k] as number) - (k % 2 ? mean(start, 1) : mean(start, 0)));
  const far = [...start.keys()].filter((k) => Math.abs((start[k] as number) - mean(start, (k % 2) as 0 | 1)) > 4);
  const ratios = far.map(ratio);
  assert.ok(Math.max(...ratios) < 1.1 * Math.min(...ratios), `${ratios}`);
});

function mean(pairs: Float32Array, axis: 0 | 1): number {
  let sum = 0;
  for (let k = axis; k < pairs.length; k += 2) sum += pairs[k] as number;
  return (2 * sum) / pairs.length;
}

test('few points, equal points, equal starts: finite', async () => {
  for (const count of [2, 3, 4, 10, 100]) {
    const k = neighboursFor(30, count);
    const indices = Int32Array.from({ length: count * k }, (_, e) => {
      const [i, j] = [Math.floor(e / k), e % k];
      return j < i ? j : j + 1;
    });
    const p = affinities({ k, indices, distances: new Float32Array(count * k) }, 30);
    const { positions, kl } = await new Tsne(p, new Float32Array(2 * count), { iterations: 300 }).run();
    assert.ok(positions.every(Number.isFinite) && Number.isFinite(kl), `${count} points: KL ${kl}`);
  }
});

test('points with the same start come apart', async () => {
  const { p, of } = clusters(90);
  const { positions } = await new Tsne(p, new Float32Array(180).fill(3), { iterations: 500 }).run();
  assert.equal(
    labelAccuracy(
      Array.from({ length: 90 }, (_, i) => of(i)),
      positions,
    ),
    1,
  );
});

test('where no threads may be started, one does it all', () => {
  const program = `
    import { Tsne } from ${JSON.stringify(new URL('../../src/numeric/tsne/tsne.ts', import.meta.url).href)};
    const p = { count: 2, indptr: Int32Array.of(0, 1, 2), indices: Int32Array.of(1, 0), values: Float32Array.of(0.5, 0.5), perplexity: 1 };
    const { threads, iterations } = await new Tsne(p, Float32Array.of(0, 1, 2, 3), { threads: 2, iterations: 5 }).run();
    console.log(JSON.stringify([threads, iterations]));`;
  const args = ['--permission', '--allow-fs-read=*', '--input-type=module', '--eval', program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(stdout.trim(), '[1,5]', stderr);
});

test('memory is linear in the points', () => {
  const bytes = (count: number) => {
    const before = process.memoryUsage().arrayBuffers;
    // A ring: two neighbours each.
    const indices = Int32Array.from({ length: 2 * count }, (_, e) => ((e >> 1) + (e % 2 ? 1 : count - 1)) % count);
    const indptr = Int32Array.from({ length: count + 1 }, (_, i) => 2 * i);
    const p = { count, indptr, indices, values: new Float32Array(2 * count).fill(1 / (2 * count)), perplexity: 1 };
    const kept = [new Tsne(p, new Float32Array(2 * count)), new BarnesHut(count, 0.5)];
    return { used: process.memoryUsage().arrayBuffers - before, kept };
  };
  const { used } = bytes(100_000);
  assert.ok(used < 1000 * 100_000, `${used} bytes for 100,000 points`);
});

test('no point, one point', async () => {
  for (const count of [0, 1]) {
    const p = { count, indptr: new Int32Array(count + 1), indices: new Int32Array(), values: new Float32Array(), perplexity: 1 };
    const { positions } = await new Tsne(p, new Float32Array(2 * count).fill(4), { iterations: 3 }).run();
    assert.deepEqual(positions, new Float32Array(2 * count));
  }
});
