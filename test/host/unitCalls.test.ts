/** What a units page may ask of the engine, and what the host adds or refuses; what commands are asked for; names of saved files. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KnownImages } from '../../src/host/datasets/knownImages.ts';
import { describeJob } from '../../src/host/describeJob.ts';
import { fileName, frameName, freeName } from '../../src/host/savedNames.ts';
import { Showings } from '../../src/host/showings.ts';
import { unitEngineCalls } from '../../src/host/units/unitEngineCalls.ts';
import { unitsTarget } from '../../src/host/units/unitsTarget.ts';
import { cancelled } from '../../src/shared/errors.ts';
import type { CallContext } from '../../src/shared/rpc.ts';
import { SharedJobs } from '../../src/shared/sharedJobs.ts';

type Context = CallContext<never>;
const quiet = (): Context => ({ signal: new AbortController().signal, progress: () => {} });

/** The calls of a page on an engine that notes what it is asked and answers when it is told to. */
function pageCalls() {
  const asked: {
    call: string;
    params: Record<string, unknown>;
    signal: AbortSignal;
    report(value: unknown): void;
    answer(value: unknown): void;
  }[] = [];
  const jobs = new SharedJobs();
  const known = new KnownImages();
  known.add(['/d/a.png', '/d/b.png']);
  const engine = {
    call: (
      call: string,
      params: Record<string, unknown>,
      { signal, onProgress }: { signal: AbortSignal; onProgress(value: unknown): void },
    ) => new Promise((answer) => asked.push({ call, params, signal, report: onProgress, answer })),
  };
  const side = async (generation: number) => {
    if (generation !== 2) throw cancelled();
    return { model: '/m/model.json', store: '/s/units', images: ['/d/a.png', '/d/b.png'] };
  };
  const calls = unitEngineCalls({ engine: engine as never, jobs, known, side, during: (_, work) => work });
  const next = async (index: number) => {
    while (!asked[index]) await new Promise((resolve) => setImmediate(resolve));
    return asked[index];
  };
  return { calls, asked, jobs, next };
}

test('the host adds model, store and data set; a page cannot name others', async () => {
  const { calls, next } = pageCalls();
  const sly = { generation: 2, layers: ['conv1'], model: '/etc/model.json', store: '/etc', images: ['/d/a.png'] };
  const done = calls.collect(sly, quiet() as never);
  const { call, params, answer } = await next(0);
  assert.equal(call, 'collect');
  assert.deepEqual(params, { layers: ['conv1'], model: '/m/model.json', store: '/s/units', images: ['/d/a.png', '/d/b.png'] });
  answer('all of them');
  assert.equal(await done, 'all of them');
});

test('calls about something older, or about pictures that are none of the panel, never reach the engine', async () => {
  const { calls, asked } = pageCalls();
  await assert.rejects(calls.filters({ generation: 1, layer: 'conv1', from: 0, count: 8 }, quiet() as never), { code: 'cancelled' });
  const strange = '/etc/passwd.png';
  await assert.rejects(calls.unitWall({ generation: 2, image: strange, layer: 'conv1' }, quiet() as never), { code: 'input' });
  await assert.rejects(calls.unitMaps({ generation: 2, images: ['/d/a.png', strange], layer: 'conv1', unit: 0 }, quiet() as never), {
    code: 'input',
  });
  const at = [{ image: strange, at: [0, 0] as const }];
  await assert.rejects(calls.projections({ generation: 2, layer: 'conv1', unit: 0, rule: 'guided', at }, quiet() as never), {
    code: 'input',
  });
  assert.equal(asked.length, 0);
});

test('a page that comes back hears all patches of the work under way, and may name their images', async () => {
  const { calls, asked, jobs, next } = pageCalls();
  const of = { generation: 2, layer: 'conv1', units: [0, 1], count: 9, size: 64 };
  const gone = calls.topPatches(of, quiet() as never);
  const { report, answer } = await next(0);
  const patches = [0, 1].map((unit) => ({ unit, kept: 1, patches: [{ image: { path: `/old/${unit}.png`, name: `${unit}.png` } }] }));
  report(patches[0]);
  jobs.forsake();
  const heard: unknown[] = [];
  const back = calls.topPatches(of, { ...quiet(), progress: (value: unknown) => heard.push(value) } as never);
  await new Promise((resolve) => setImmediate(resolve));
  report(patches[1]);
  answer(patches);
  assert.deepEqual([await back, heard, asked.length], [patches, patches, 1]);
  await gone;
  void calls.unitWall({ generation: 2, image: '/old/1.png', layer: 'conv1' }, quiet() as never);
  assert.equal((await next(1)).params.image, '/old/1.png');
});

test('a cancelled call ends the work in the engine', async () => {
  const { calls, next } = pageCalls();
  const controller = new AbortController();
  const done = calls.collect({ generation: 2, layers: ['conv1'] }, { ...quiet(), signal: controller.signal } as never);
  const { signal } = await next(0);
  controller.abort();
  await assert.rejects(done, { code: 'cancelled' });
  assert.equal(signal.aborted, true);
});

test('a command is asked for by rows of the tree, by actions and by pages; anything else names nothing', () => {
  const nothing = { model: undefined, image: undefined, turn: undefined };
  for (const arg of [undefined, null, 'conv1', 7, {}, { fsPath: '/m/model.json', scheme: 'file' }])
    assert.deepEqual(unitsTarget(arg), nothing);
  const row = { type: 'layer', id: 'layer x', model: '/m/model.json', layer: 'conv1', info: {} };
  assert.deepEqual(unitsTarget(row), { ...nothing, model: '/m/model.json', turn: { layer: 'conv1' } });
  const page = { model: '/m', image: '/d/a.png', view: 'visualise', class: 4, unit: 0 };
  assert.deepEqual(unitsTarget(page), { model: '/m', image: '/d/a.png', turn: { view: 'visualise', class: 4, unit: 0 } });
  assert.deepEqual(unitsTarget({ view: 'everything', class: -1, unit: 1.5, layer: 3, image: 4 }), nothing);
});

test('what to turn to is handed on until a page has heard it', async () => {
  const told: unknown[] = [];
  const showings = new Showings<string, string>((subject) => told.push(subject), assert.fail);
  showings.next('patches');
  showings.announce(Promise.resolve('first'));
  showings.next();
  assert.deepEqual(showings.now, { generation: 2, turn: 'patches' });
  let slow = (_: string) => {};
  showings.announce(
    new Promise((resolve) => {
      slow = resolve;
    }),
  );
  const ready = showings.first();
  showings.announce(Promise.resolve('newer'));
  slow('older');
  assert.equal(await ready, 'newer');
  assert.deepEqual(told, ['newer'], 'what is no longer so is not told');
  showings.next();
  assert.deepEqual(showings.now, { generation: 3, turn: undefined });
  showings.expect(3);
  assert.throws(() => showings.expect(2), { code: 'cancelled' });
});

test('an engine that ends says what it was doing with units', () => {
  const objective = { kind: 'unit', layer: 'conv5', unit: 7 };
  assert.equal(describeJob('visualise', { model: '/m/net.onnx', request: { objective } }), 'visualising unit 7 of conv5');
  assert.equal(describeJob('visualise', { request: { objective: { kind: 'class', class: 4 } } }), 'visualising class 4');
  assert.equal(describeJob('collect', { model: '/m/shapes/net.onnx' }), 'collecting activations of net.onnx');
  const all = ['unitLayers', 'unitWall', 'unitMaps', 'collect', 'collected', 'forgetCollected', 'layerUnits', 'topPatches', 'projections'];
  for (const call of [...all, 'unitSummary', 'unitClasses', 'filters', 'visualise', 'visualisers']) {
    assert.doesNotMatch(describeJob(call, { model: '/m/net.onnx' }), /answering|undefined/, call);
  }
});

test('names of saved files: nothing that a path is made of; frames never overwrite older ones', async (t) => {
  assert.equal(fileName('../block1/conv: unit 3'), '.._block1_conv_unit_3');
  assert.equal(fileName('Ärzte 猫'), 'Ärzte_猫');
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-frames-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  assert.equal(await freeName(folder, 'star'), 'star');
  writeFileSync(join(folder, frameName('star', 0)), '');
  assert.equal(await freeName(folder, 'star'), 'star-2');
  writeFileSync(join(folder, 'star-2.json'), '');
  assert.equal(await freeName(folder, 'star'), 'star-3');
  assert.equal(frameName('star', 12), 'star-0012.png');
});
