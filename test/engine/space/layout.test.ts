/** Layouts as calls of the engine, in their real thread: what comes, how it is told, stopped, cancelled and kept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServices } from '../../../src/engine/services.ts';
import { spaceHandlers } from '../../../src/engine/space/handlers.ts';
import { layoutMethods } from '../../../src/engine/space/layouts/index.ts';
import { threadsFor } from '../../../src/engine/space/layouts/tsne.ts';
import { keepSpaceSet, type SpaceSet } from '../../../src/engine/space/spaceSets.ts';
import type { Points } from '../../../src/numeric/points.ts';
import { ModelError } from '../../../src/shared/errors.ts';
import type { Layout, LayoutFrame, LayoutRequest } from '../../../src/shared/spaceProtocol.ts';
import { groups } from '../../support/spacePoints.ts';

/** Rows about which nothing is known but their features. */
function setOf(points: Points, revision: string): SpaceSet {
  const ofRows = <T>(value: T) => Array.from({ length: points.count }, () => value);
  const numbers = { labels: new Int32Array(), predicted: new Int32Array(), folder: new Int32Array() };
  const shares = { confidence: new Float32Array(), margin: new Float32Array(), trueProbability: new Float32Array() };
  const layer = { name: 'features', kind: 'Dense', dimensions: points.dimensions, averaged: undefined };
  const rows = { revision, layer, count: points.count, paths: ofRows('a.png'), classes: [], modelClasses: 0, ...numbers, ...shares };
  return {
    revision,
    rows: { ...rows, labelSource: { kind: 'none' }, folders: [], warnings: [] },
    features: points,
    pixels: { data: new Uint8Array(), count: points.count, dimensions: 0 },
    hashes: ofRows('00'),
    of: { model: 'model.onnx', store: 'store', layer: 'features' },
  };
}

interface Ask {
  signal?: AbortSignal;
  progress?: (frame: LayoutFrame) => void;
}

function newSpace(sets: Readonly<Record<string, Points>>) {
  const services = createServices({ engine: 'auto', cacheBytes: 2 ** 26 });
  for (const [revision, points] of Object.entries(sets)) keepSpaceSet(services, setOf(points, revision));
  const calls = spaceHandlers(services);
  const context = ({ signal = new AbortController().signal, progress = () => {} }: Ask = {}) => ({ signal, progress });
  return {
    layouts: () => calls.layouts({}, context()),
    layout: (revision: string, request: LayoutRequest, ask?: Ask) => calls.layout({ revision, request }, context(ask)),
    stop: (revision: string) => calls.stopLayout({ revision }, context()),
  };
}

function hasCode(code: string, message = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ModelError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

/** Share of points whose nearest other point in the plane is of their kind. */
function purity({ positions }: Layout, labels: Int32Array): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) {
    let [best, at] = [Number.POSITIVE_INFINITY, -1];
    for (let j = 0; j < labels.length; j++) {
      const d = (positions[2 * i]! - positions[2 * j]!) ** 2 + (positions[2 * i + 1]! - positions[2 * j + 1]!) ** 2;
      if (j !== i && d < best) [best, at] = [d, j];
    }
    right += Number(labels[at] === labels[i]);
  }
  return right / labels.length;
}

function assertCentred({ positions }: Layout, what: string): void {
  assert.ok(positions.every(Number.isFinite), `${what}: finite`);
  for (const axis of [0, 1]) {
    const along = positions.filter((_, i) => i % 2 === axis);
    const mean = along.reduce((sum, v) => sum + v, 0) / along.length;
    const size = along.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    assert.ok(Math.abs(mean) <= 1e-5 * Math.max(size, 1e-12), `${what}: mean ${mean} of axis ${axis}`);
  }
}

const quick = { iterations: 300 };
const waits = { timeout: 120_000 };

test('the layouts there are: t-SNE first, the default', async () => {
  assert.deepEqual(
    (await newSpace({}).layouts()).map(({ id }) => id),
    ['tsne', 'pca', 'umap'],
  );
});

for (const { info } of layoutMethods) {
  const params = info.params.some(({ id }) => id === 'iterations') ? quick : {};

  test(`${info.label}: groups stay together; centred, measured, and the same again`, waits, async () => {
    const { points, labels } = groups({ count: 240, dimensions: 60, kinds: 4 });
    const frames: LayoutFrame[] = [];
    const request = { method: info.id, params };
    const found = await newSpace({ a: points }).layout('a', request, { progress: (frame) => frames.push(frame) });
    assert.deepEqual([found.revision, found.method, found.stopped, found.remark], ['a', info.id, false, undefined]);
    assert.deepEqual(
      Object.keys(found.params),
      info.params.map(({ id }) => id),
    );
    assert.equal(found.positions.length, 480);
    assertCentred(found, info.label);
    assert.ok(purity(found, labels) > 0.9, `purity ${purity(found, labels)}`);
    assert.ok(found.quality.trustworthiness > 0.6 && found.quality.trustworthiness <= 1, `${found.quality.trustworthiness}`);
    assert.ok(found.quality.preservation > 0.05 && found.quality.preservation <= 1, `${found.quality.preservation}`);
    assert.equal(found.quality.sampled, 240);
    assert.ok(frames.length >= 3 && frames.every(({ phase }) => phase !== ''), 'phases are told');
    assert.equal(frames.at(-1)?.phase, 'quality');
    for (const { positions } of frames) assert.ok(positions === undefined || positions.length === 480);
    const again = await newSpace({ a: points }).layout('a', request);
    assert.deepEqual(again.positions, found.positions, 'the same seed, the same map');
    assert.deepEqual(again.quality, found.quality);
  });

  test(`${info.label}: 1, 2, 3, 4, 5 and 12 images, one dimension, all the same`, waits, async () => {
    const sets: Record<string, Points> = {};
    for (const count of [1, 2, 3, 4, 5, 12]) sets[`${count}`] = groups({ count, dimensions: 5 }).points;
    sets.line = groups({ count: 30, dimensions: 1 }).points;
    sets.same = { data: new Float32Array(40 * 3).fill(0.7), count: 40, dimensions: 3 };
    sets.zero = { data: new Float32Array(40 * 3), count: 40, dimensions: 3 };
    const space = newSpace(sets);
    for (const [name, { count }] of Object.entries(sets)) {
      for (const metric of ['cosine', 'euclidean']) {
        const found = await space.layout(name, { method: info.id, params: { ...params, metric } });
        assert.equal(found.positions.length, 2 * count);
        assertCentred(found, `${name} ${metric}`);
        const distinct = new Set(Array.from({ length: count }, (_, i) => found.positions.slice(2 * i, 2 * i + 2).join()));
        if (!['same', 'zero', 'line'].includes(name)) assert.equal(distinct.size, count, `${name} ${metric}: apart`);
      }
    }
  });
}

test('t-SNE tells the divergence and its threads, PCA the variance; each only its own', waits, async () => {
  const space = newSpace({ a: groups({ count: 200, dimensions: 6 }).points });
  const tsne = await space.layout('a', { method: 'tsne', params: quick });
  assert.ok(tsne.kl !== undefined && tsne.kl > 0 && tsne.kl < 3, `${tsne.kl}`);
  assert.ok(tsne.klFrom);
  assert.equal(tsne.iterations, 300);
  assert.ok(tsne.threads >= 1);
  assert.equal(tsne.variance, undefined);
  const pca = await space.layout('a', { method: 'pca' });
  assert.equal(pca.kl, undefined);
  const [first, second] = pca.variance ?? [0, 0];
  assert.ok(first >= second && second > 0 && first + second <= 1 + 1e-6, `${first}, ${second}`);
  assert.ok(first + second > 0.6, 'three centres lie in a plane');
});

test('euclidean tells lengths apart, cosine does not', waits, async () => {
  // Two groups in the same direction, one three times as long.
  const { points } = groups({ count: 100, dimensions: 8, kinds: 1 });
  const data = points.data.map((v, i) => (Math.floor(i / 8) % 2 === 0 ? v : 3 * v));
  const labels = Int32Array.from({ length: 100 }, (_, row) => row % 2);
  const space = newSpace({ a: { data, count: 100, dimensions: 8 } });
  const of = async (metric: string) => purity(await space.layout('a', { method: 'tsne', params: { ...quick, metric } }), labels);
  assert.ok((await of('euclidean')) > 0.9);
  assert.ok((await of('cosine')) < 0.75);
});

test('a perplexity that the images cannot have is lowered, and said', waits, async () => {
  const space = newSpace({ a: groups({ count: 20, dimensions: 4 }).points });
  const found = await space.layout('a', { method: 'tsne', params: quick });
  assert.match(found.remark ?? '', /^Perplexity 6(\.\d)? instead of 30: 20 images/);
  assert.equal((await space.layout('a', { method: 'tsne', params: { ...quick, perplexity: 5 } })).remark, undefined);
});

test('frames show points that move, and not more than a dozen a second', waits, async () => {
  const space = newSpace({ a: groups({ count: 1500, dimensions: 10 }).points });
  const times: number[] = [];
  const frames: LayoutFrame[] = [];
  const start = performance.now();
  const progress = (frame: LayoutFrame) => {
    if (frame.phase === 'early exaggeration' || frame.phase === 'descent') {
      frames.push(frame);
      times.push(performance.now());
    }
  };
  await space.layout('a', { method: 'tsne', params: { iterations: 500 } }, { progress });
  const seconds = (performance.now() - start) / 1000;
  assert.ok(frames.length >= 2 && frames.length <= 13 * seconds + 1, `${frames.length} frames in ${seconds} s`);
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  assert.ok(gaps.filter((gap) => gap < 40).length <= gaps.length / 4, `gaps ${gaps.map(Math.round)}`);
  for (const [i, { iteration, iterations, secondsLeft, positions }] of frames.entries()) {
    assert.ok(iterations === 500 && iteration > (frames[i - 1]?.iteration ?? -1));
    assert.ok(secondsLeft !== undefined && secondsLeft >= 0);
    assert.equal(positions?.length, 3000);
  }
  assert.notDeepEqual(frames[0]?.positions, frames.at(-1)?.positions);
});

/** Calls back once, when points move. */
function whenMoving(then: () => void): (frame: LayoutFrame) => void {
  let done = false;
  return ({ phase }) => {
    if (done || (phase !== 'early exaggeration' && phase !== 'descent')) return;
    done = true;
    then();
  };
}

const long = { method: 'tsne', params: { iterations: 5000 } };

test('stopped: a full result with what there is by then; asked again it is done to the end', waits, async () => {
  const space = newSpace({ a: groups({ count: 1000, dimensions: 10 }).points, b: groups({ count: 10, dimensions: 3 }).points });
  await space.stop('a');
  const progress = whenMoving(() => {
    void space.stop('b');
    setTimeout(() => void space.stop('a'), 50);
  });
  const found = await space.layout('a', long, { progress });
  assert.equal(found.stopped, true);
  assert.ok(found.iterations > 0 && found.iterations < 5000, `${found.iterations}`);
  assert.ok(found.kl !== undefined && Number.isFinite(found.quality.trustworthiness));
  assertCentred(found, 'stopped');
  let moves = false;
  const ending = new AbortController();
  const again = space.layout('a', long, {
    signal: ending.signal,
    progress: whenMoving(() => {
      moves = true;
      ending.abort();
    }),
  });
  await assert.rejects(again, hasCode('cancelled'));
  assert.equal(moves, true);
});

test('stopped while neighbours are looked for: what there is are the principal components', waits, async () => {
  const space = newSpace({ a: groups({ count: 6000, dimensions: 128 }).points });
  for (const method of ['tsne', 'umap']) {
    const request = { method, params: { pca: 0 } };
    const progress = ({ phase }: LayoutFrame) => {
      if (phase === 'neighbours') void space.stop('a');
    };
    const found = await space.layout('a', request, { progress });
    assert.deepEqual([found.stopped, found.iterations, found.kl], [true, 0, undefined]);
    assert.match(found.remark ?? '', /principal components/);
    assert.ok(found.quality.trustworthiness > 0.5);
  }
});

test('cancelled: free at once, and the next layout is not held up', waits, async () => {
  const space = newSpace({ a: groups({ count: 3000, dimensions: 10 }).points, b: groups({ count: 30, dimensions: 3 }).points });
  const ending = new AbortController();
  let at = 0;
  const progress = whenMoving(() => {
    at = performance.now();
    ending.abort();
  });
  await assert.rejects(space.layout('a', long, { signal: ending.signal, progress }), hasCode('cancelled'));
  assert.ok(performance.now() - at < 100);
  await space.layout('b', { method: 'pca' });
  assert.ok(performance.now() - at < 5000, `${performance.now() - at} ms`);
});

test('one at a time, in turn; who waits is told, and may go', waits, async () => {
  const space = newSpace({ a: groups({ count: 1000, dimensions: 10 }).points, b: groups({ count: 30, dimensions: 3 }).points });
  const said: string[] = [];
  const leaving = new AbortController();
  let [second, third]: (Promise<unknown> | undefined)[] = [];
  const first = space.layout('a', long, {
    progress: whenMoving(() => {
      second = space.layout('b', { method: 'pca' }, { progress: ({ phase }) => said.push(phase) });
      third = space.layout('b', { method: 'umap' }, { signal: leaving.signal });
      third.catch(() => {});
      setTimeout(() => {
        leaving.abort();
        void space.stop('b');
        void space.stop('a');
      }, 50);
    }),
  });
  assert.equal((await first).stopped, true);
  assert.ok(third && second);
  await assert.rejects(third, hasCode('cancelled'));
  assert.equal(((await second) as Layout).stopped, false);
  assert.equal(said[0], 'waiting for another layout');
});

test('stopped while it waits: when it is its turn it does not begin', waits, async () => {
  const space = newSpace({ a: groups({ count: 1000, dimensions: 10 }).points, b: groups({ count: 500, dimensions: 10 }).points });
  let second: Promise<Layout> | undefined;
  const first = space.layout('a', long, {
    progress: whenMoving(() => {
      second = space.layout('b', long);
      setTimeout(() => void space.stop('b'), 20);
      setTimeout(() => void space.stop('a'), 60);
    }),
  });
  assert.ok((await first).iterations > 0);
  const { stopped, iterations } = (await second) as Layout;
  assert.deepEqual([stopped, iterations], [true, 0]);
});

test('two layouts asked for in the same moment: the second one waits, and is told', waits, async () => {
  const space = newSpace({ a: groups({ count: 50, dimensions: 5 }).points });
  const said: string[][] = [[], []];
  const ask = (method: string, i: number) => space.layout('a', { method }, { progress: ({ phase }) => said[i]?.push(phase) });
  await Promise.all([ask('pca', 0), ask('umap', 1)]);
  assert.deepEqual(
    said.map(([first]) => first),
    ['looking at the features', 'waiting for another layout'],
  );
});

test('kept: the same request is answered from memory, whether defaults are spelled out or not', waits, async () => {
  const space = newSpace({ a: groups({ count: 300, dimensions: 5 }).points });
  const found = await space.layout('a', { method: 'umap' });
  const frames: LayoutFrame[] = [];
  const again = await space.layout('a', { method: 'umap', params: { neighbours: 15 } }, { progress: (frame) => frames.push(frame) });
  assert.equal(again, found);
  assert.equal(frames.length, 0);
  assert.notDeepEqual((await space.layout('a', { method: 'umap', params: { seed: 1 } })).positions, found.positions);
});

test('asked for twice at once it is computed once', waits, async () => {
  const space = newSpace({ a: groups({ count: 300, dimensions: 5 }).points });
  const [one, two] = await Promise.all([
    space.layout('a', { method: 'tsne', params: quick }),
    space.layout('a', { method: 'tsne', params: quick }),
  ]);
  assert.equal(one, two);
});

test('refused with the next step: rows that are gone, no images, no such layout, parameters out of range', async () => {
  const space = newSpace({ empty: { data: new Float32Array(), count: 0, dimensions: 4 }, a: groups({ count: 9, dimensions: 4 }).points });
  await assert.rejects(space.layout('gone', { method: 'pca' }), hasCode('stale'));
  for (const method of ['tsne', 'pca', 'umap']) await assert.rejects(space.layout('empty', { method }), hasCode('method', /no image/));
  await assert.rejects(space.layout('a', { method: 'isomap' }), hasCode('method', /isomap/));
  await assert.rejects(space.layout('a', { method: 'tsne', params: { perplexity: 1 } }), hasCode('method', /perplexity/));
  await assert.rejects(space.layout('a', { method: 'tsne', params: { metric: 'manhattan' } }), hasCode('method', /metric/));
  await assert.rejects(space.layout('a', { method: 'pca', params: { seed: 1 } }), hasCode('method', /seed/));
  await space.stop('gone');
});

test('features that are not finite have no place in a map: the image is named', async () => {
  const { points } = groups({ count: 9, dimensions: 4 });
  const data = points.data.map((v, i) => (i === 17 ? Number.POSITIVE_INFINITY : v));
  await assert.rejects(newSpace({ a: { ...points, data } }).layout('a', { method: 'pca' }), hasCode('weights', /Image 5 /));
});

test('threads: all cores but one, both of two', () => {
  assert.deepEqual([1, 2, 3, 4, 8, 64].map(threadsFor), [1, 2, 2, 3, 7, 8]);
});
