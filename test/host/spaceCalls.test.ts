/** What a page about the feature space may ask of the engine, what commands are asked for, where images move. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownImages } from '../../src/host/datasets/knownImages.ts';
import { describeJob } from '../../src/host/describeJob.ts';
import { Showings } from '../../src/host/showings.ts';
import { Indexer } from '../../src/host/space/indexer.ts';
import { planMoves, reversed } from '../../src/host/space/moves.ts';
import { type SpaceSide, spaceEngineCalls } from '../../src/host/space/spaceEngineCalls.ts';
import { spaceTarget } from '../../src/host/space/spaceTarget.ts';
import { cancelled } from '../../src/shared/errors.ts';
import { SharedJobs } from '../../src/shared/sharedJobs.ts';
import type { SpaceRows } from '../../src/shared/spaceProtocol.ts';

const quiet = () => ({ signal: new AbortController().signal, progress: () => {} });

/** The calls of a page on an engine that notes what it is asked and answers when it is told to. */
function pageCalls(patch: Partial<SpaceSide> = {}) {
  const asked: { call: string; params: Record<string, unknown>; answer(value: unknown): void }[] = [];
  const known = new KnownImages();
  known.add(['/d/a.png', '/d/b.png']);
  const engine = {
    call: (call: string, params: Record<string, unknown>) => new Promise((answer) => asked.push({ call, params, answer })),
  } as never;
  const side = async (generation: number) => {
    if (generation !== 2) throw cancelled();
    return { model: '/m/net.onnx', store: '/s/one', images: ['/d/a.png', '/d/b.png'], roots: ['/d'], ...patch };
  };
  const indexer = new Indexer(engine, () => {});
  const given: SpaceRows[] = [];
  const calls = spaceEngineCalls({
    ...{ engine, indexer, known, side, jobs: new SharedJobs() },
    during: (_, work) => work,
    gave: (rows) => given.push(rows),
  });
  const next = async (index: number) => {
    while (!asked[index]) await new Promise((resolve) => setImmediate(resolve));
    return asked[index];
  };
  return { calls, asked, next, given };
}

test('the host adds model, store, images, folders and label file; a page cannot name others', async () => {
  const { calls, next, given } = pageCalls({ labelFile: '/d/labels.csv' });
  const sly = {
    generation: 2,
    layer: 'gap',
    model: '/etc/net.onnx',
    store: '/etc',
    images: ['/d/a.png'],
    roots: ['/'],
    labelFile: '/etc/x',
  };
  const done = calls.rows(sly, quiet());
  const { call, params, answer } = await next(0);
  assert.equal(call, 'rows');
  const own = { model: '/m/net.onnx', store: '/s/one', images: ['/d/a.png', '/d/b.png'], roots: ['/d'], labelFile: '/d/labels.csv' };
  assert.deepEqual(params, { layer: 'gap', ...own });
  answer({ revision: 'r1' });
  assert.deepEqual(await done, { revision: 'r1' });
  assert.equal(given[0]?.revision, 'r1');
});

test('without a chosen label file none is named', async () => {
  const { calls, next } = pageCalls();
  void calls.rows({ generation: 2, layer: 'gap' }, quiet());
  assert.equal('labelFile' in (await next(0)).params, false);
});

test('calls about something older, or about pictures that are none of the panel, never reach the engine', async () => {
  const { calls, asked } = pageCalls();
  await assert.rejects(calls.rows({ generation: 1, layer: 'gap' }, quiet()), { code: 'cancelled' });
  const strange = '/etc/passwd.png';
  const near = { generation: 2, revision: 'r1', k: 10, metric: 'cosine' } as const;
  await assert.rejects(calls.neighbours({ ...near, image: strange }, quiet()), { code: 'input' });
  await assert.rejects(calls.thumbnails({ generation: 2, images: ['/d/a.png', strange] }, quiet()), { code: 'input' });
  await assert.rejects(calls.pair({ generation: 2, image: '/d/a.png', other: strange, layer: 'gap' }, quiet()), { code: 'input' });
  await assert.rejects(calls.explain({ generation: 2, image: strange, request: { method: 'grad-cam' } }, quiet()), { code: 'input' });
  assert.equal(asked.length, 0);
});

test('a map of a contact sheet comes with what the network sees, behind what is looked at', async () => {
  const { calls, next } = pageCalls();
  const request = { method: 'grad-cam' };
  const done = calls.explain({ generation: 2, image: '/d/b.png', request }, quiet());
  const [map, picture] = [await next(0), await next(1)];
  assert.deepEqual([map.call, picture.call], ['explain', 'picture']);
  assert.deepEqual(map.params, { model: '/m/net.onnx', image: '/d/b.png', priority: -1, request });
  map.answer('a map');
  picture.answer('a picture');
  assert.deepEqual(await done, { map: 'a map', picture: 'a picture' });
});

test('how much is indexed is told with what goes on', async () => {
  const { calls, next, asked } = pageCalls();
  const done = calls.indexed({ generation: 2, layer: 'gap' }, quiet());
  const { params, answer } = await next(0);
  assert.deepEqual(params, { model: '/m/net.onnx', store: '/s/one', images: ['/d/a.png', '/d/b.png'], layer: 'gap' });
  answer({ layer: 'gap', images: 2, indexed: 0, unreadable: 0, bytes: 0 });
  assert.equal((await done).indexing.state, 'idle');
  await calls.startIndexing({ generation: 2, layer: 'gap' }, quiet());
  assert.equal(asked[1]?.call, 'index');
  const again = calls.indexed({ generation: 2, layer: 'gap' }, quiet());
  (await next(2)).answer({ layer: 'gap', images: 2, indexed: 1, unreadable: 0, bytes: 0 });
  assert.equal((await again).indexing.state, 'running');
  await calls.pauseIndexing({ generation: 2 }, quiet());
  const last = calls.indexed({ generation: 2, layer: 'gap' }, quiet());
  (await next(3)).answer({ layer: 'gap', images: 2, indexed: 1, unreadable: 0, bytes: 0 });
  assert.equal((await last).indexing.state, 'paused');
});

test('a command is asked for by rows of the tree and by pages; anything else names nothing', () => {
  const nothing = { model: undefined, turn: undefined };
  for (const arg of [undefined, null, 'map', 7, {}, { fsPath: '/m/model.json', scheme: 'file' }])
    assert.deepEqual(spaceTarget(arg), nothing);
  assert.deepEqual(spaceTarget({ type: 'model', model: '/m/model.json', info: {} }), { ...nothing, model: '/m/model.json' });
  const page = { model: '/m', image: '/d/a.png', view: 'neighbours' };
  const turn = { view: 'neighbours', image: { path: '/d/a.png', name: 'a.png' } };
  assert.deepEqual(spaceTarget(page), { model: '/m', turn });
  assert.deepEqual(spaceTarget({ view: 'everything', image: 3 }), nothing);
});

test('a page that goes on hears what to turn to once, or when it comes', async () => {
  const showings = new Showings<string, string>(() => {}, assert.fail);
  showings.next('map');
  showings.announce(Promise.resolve('first'));
  showings.goOn();
  assert.deepEqual(showings.now, { generation: 1, turn: 'map' }, 'nobody has heard it yet');
  await showings.first();
  showings.goOn('mistakes');
  assert.deepEqual(showings.now, { generation: 1, turn: 'mistakes' });
  showings.goOn();
  assert.deepEqual(showings.now, { generation: 1, turn: undefined });
});

test('an engine that ends says what it was doing with the feature space', () => {
  const pictures = { model: '/m/net.onnx', images: Array.from({ length: 1240 }, (_, i) => `/d/${i}.png`) };
  assert.equal(describeJob('index', pictures), 'indexing 1,240 pictures with net.onnx');
  assert.equal(describeJob('index', { model: '/m/net.onnx', images: ['/d/a.png'] }), 'indexing 1 picture with net.onnx');
  assert.equal(describeJob('pair', { image: '/d/a.png', other: '/d/b.png' }), 'comparing a.png with b.png');
  const all = ['featureLayers', 'indexed', 'index', 'forgetIndex', 'rows', 'thumbnails', 'neighbours', 'agreement', 'layouts', 'layout'];
  for (const call of [...all, 'stopLayout', 'pair', 'picture']) {
    assert.doesNotMatch(describeJob(call, { model: '/m/net.onnx' }), /answering|undefined/, call);
  }
});

test('images that move overwrite nothing: a name that is taken gets a number', () => {
  const images = ['/d/a/x.png', '/d/b/x.png', '/d/c/X.PNG', '/d/to/there.png', '/d/a/y.tar.gz'];
  const moves = planMoves(images, '/d/to', ['there.png', 'x-2.png', 'y.tar.gz']);
  assert.deepEqual(moves, [
    { from: '/d/a/x.png', to: '/d/to/x.png' },
    { from: '/d/b/x.png', to: '/d/to/x-3.png' },
    { from: '/d/c/X.PNG', to: '/d/to/X-4.PNG' },
    { from: '/d/a/y.tar.gz', to: '/d/to/y.tar-2.gz' },
  ]);
  assert.deepEqual(reversed(moves.slice(0, 1)), [{ from: '/d/to/x.png', to: '/d/a/x.png' }]);
  assert.deepEqual(planMoves(['/d/to/x.png'], '/d/to', ['x.png']), []);
});
