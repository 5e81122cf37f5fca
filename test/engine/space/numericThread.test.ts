/** The thread that computes neighbours and layouts: what comes back, that the engine stays free, and what happens when it fails. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { getPriority } from 'node:os';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Control } from '../../../src/engine/space/control.ts';
import { NumericThread } from '../../../src/engine/space/numericThread.ts';
import type { Points } from '../../../src/numeric/points.ts';
import { ModelError } from '../../../src/shared/errors.ts';
import type { LayoutFrame, Metric } from '../../../src/shared/spaceProtocol.ts';
import { groups } from '../../support/spacePoints.ts';

const euclidean: Metric = 'euclidean';
const waits = { timeout: 60_000 };

function hasCode(code: string, message = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ModelError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

/** All distances, by loops. */
function nearest({ data, count, dimensions }: Points, row: number, k: number, metric: Metric): { index: number; distance: number }[] {
  const at = (i: number) => data.subarray(i * dimensions, (i + 1) * dimensions);
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
  const distance = (a: Float32Array, b: Float32Array) =>
    metric === 'cosine' ? 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) : Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0));
  return Array.from({ length: count }, (_, index) => ({ index, distance: distance(at(row), at(index)) }))
    .filter(({ index }) => index !== row)
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .slice(0, k);
}

for (const metric of ['cosine', 'euclidean'] as const) {
  test(`neighbours of every point, ${metric}: those of loops over all pairs`, async () => {
    const { points } = groups({ count: 120, dimensions: 7 });
    const shares: number[] = [];
    const graph = await new NumericThread().neighbourGraph({ points, k: 9, metric }, { onProgress: ({ done }) => shares.push(done) });
    assert.equal(graph.k, 9);
    for (let row = 0; row < 120; row++) {
      const expected = nearest(points, row, 9, metric);
      assert.deepEqual(
        [...graph.indices.subarray(row * 9, row * 9 + 9)],
        expected.map(({ index }) => index),
        `row ${row}`,
      );
      expected.forEach(({ distance }, i) => {
        assert.ok(Math.abs(graph.distances[row * 9 + i]! - distance) < 1e-5, `row ${row}: ${graph.distances[row * 9 + i]}, ${distance}`);
      });
    }
    assert.ok(shares.every((done) => done >= 0 && done <= 1));
  });
}

test('points in shared memory are read where they are; all others are left with the caller', async () => {
  const { points } = groups({ count: 30, dimensions: 4 });
  assert.ok(points.data.buffer instanceof SharedArrayBuffer);
  const own: Points = { ...points, data: Float32Array.from(points.data) };
  const thread = new NumericThread();
  const [shared, copied] = [
    await thread.neighbourGraph({ points, k: 3, metric: euclidean }),
    await thread.neighbourGraph({ points: own, k: 3, metric: euclidean }),
  ];
  assert.deepEqual(shared, copied);
  assert.equal(own.data.length, 120, 'not taken away');
});

test('this thread stays free while the other one computes, and as urgent as it was', waits, async () => {
  const priority = getPriority();
  const { points } = groups({ count: 3000, dimensions: 64 });
  let [longest, last] = [0, performance.now()];
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 2);
  const start = performance.now();
  await new NumericThread().layout(
    { points, method: 'tsne', params: { perplexity: 30, iterations: 100, exaggeration: 12, metric: 'cosine', pca: 50, seed: 0 } },
    new Control(),
  );
  clearInterval(timer);
  assert.equal(getPriority(), priority);
  const took = performance.now() - start;
  assert.ok(longest < Math.max(100, took / 4), `a delay of ${longest} ms in ${took} ms`);
});

test('another call is answered while a layout is computed', waits, async () => {
  const { points } = groups({ count: 2000, dimensions: 16 });
  const thread = new NumericThread();
  let laidOut = false;
  const ending = new AbortController();
  const params = { perplexity: 30, iterations: 5000, exaggeration: 12, metric: 'cosine', pca: 50, seed: 0 };
  let begun = () => {};
  const descent = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const onProgress = ({ phase }: LayoutFrame) => {
    if (phase === 'early exaggeration') begun();
  };
  const layout = thread.layout({ points, method: 'tsne', params }, new Control(), { signal: ending.signal, onProgress }).finally(() => {
    laidOut = true;
  });
  await Promise.race([descent, layout]);
  await thread.neighbourGraph({ points: groups({ count: 50, dimensions: 3 }).points, k: 2, metric: euclidean });
  assert.equal(laidOut, false);
  ending.abort();
  await assert.rejects(layout, hasCode('cancelled'));
});

test('cancelled: the caller is free at once, the thread soon', async () => {
  const { points } = groups({ count: 4000, dimensions: 128 });
  const thread = new NumericThread();
  const ending = new AbortController();
  const graph = thread.neighbourGraph({ points, k: 90, metric: euclidean }, { signal: ending.signal });
  setTimeout(() => ending.abort(), 50);
  await assert.rejects(graph, hasCode('cancelled'));
  await thread.neighbourGraph({ points: groups({ count: 20, dimensions: 3 }).points, k: 2, metric: euclidean });
  await assert.rejects(thread.neighbourGraph({ points, k: 3, metric: euclidean }, { signal: AbortSignal.abort() }), hasCode('cancelled'));
});

test('what is wrong with a call is told, and the thread lives on', async () => {
  const { points } = groups({ count: 30, dimensions: 4 });
  const thread = new NumericThread();
  const params = { metric: 'cosine' };
  await assert.rejects(thread.layout({ points, method: 'cubism', params }, new Control()), hasCode('method', /cubism/));
  await assert.rejects(thread.layout({ points: { ...points, count: 0 }, method: 'pca', params }, new Control()), hasCode('method', /PCA/));
  const bad = { ...points, data: Float32Array.from(points.data, (v, i) => (i === 9 ? Number.NaN : v)) };
  await assert.rejects(thread.layout({ points: bad, method: 'pca', params }, new Control()), hasCode('weights', /Image 3 /));
  const vast = { ...points, count: 1e12 };
  await assert.rejects(thread.layout({ points: vast, method: 'pca', params }, new Control()), hasCode('engine', /not enough memory/));
  assert.equal((await thread.layout({ points, method: 'pca', params }, new Control())).positions.length, 60);
});

const failing = new URL('../../support/failingThread.ts', import.meta.url);

for (const [how, message] of [
  ['exit', /exit code 3/],
  ['throw', /out of luck/],
] as const) {
  test(`a thread that ends (${how}) fails its calls with the cause, and the next call starts a new one`, waits, async () => {
    const thread = new NumericThread(failing);
    const { points } = groups({ count: 10, dimensions: 3 });
    const ask = (metric: string) => thread.neighbourGraph({ points, k: 2, metric: metric as Metric });
    const waiting = ask('silence');
    const results = await Promise.allSettled([waiting, ask(how)]);
    for (const result of results) {
      assert.equal(result.status, 'rejected');
      hasCode('engine', message)(result.status === 'rejected' && result.reason);
    }
    assert.equal((await ask('answer')).k, 0);
  });
}

test('an idle thread ends, and the next call starts another one', async () => {
  const thread = new NumericThread(undefined, 100);
  const ask = () => thread.neighbourGraph({ points: groups({ count: 10, dimensions: 3 }).points, k: 2, metric: euclidean });
  assert.equal(thread.started, false, 'none before it is needed');
  await ask();
  await ask();
  assert.equal(thread.started, true);
  await delay(500);
  assert.equal(thread.started, false);
  assert.equal((await ask()).k, 2);
});

test('a process in which it was used ends by itself, with a layout cancelled and the thread busy', waits, async () => {
  const script = fileURLToPath(new URL('../../support/useNumericThread.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const code = await new Promise((resolve) => {
    child.once('close', resolve);
  });
  assert.deepEqual([code, said], [0, 'cancelled\n20\n']);
});
