/** What is kept of checkpoints: looked up instead of computed, recalled when files are gone, forgotten. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { trainingSchema } from '../../../src/dataset/trainingSchema.ts';
import { ModelCache } from '../../../src/engine/models.ts';
import { Programs } from '../../../src/engine/programs.ts';
import { classNames, unitPixels, writePicture } from '../../support/engineCalls.ts';
import { checkpoint, gradCam, mapOfRow, newProbes, said, writeCheckpoint, writeMask } from '../../support/probing.ts';

const plain = { signal: new AbortController().signal, progress: () => {} };

/** How often models were opened and programs run since. */
function counted(t: TestContext) {
  const opened = t.mock.method(ModelCache.prototype, 'openAside');
  const ran = t.mock.method(Programs.prototype, 'use');
  return () => {
    const counts = [opened.mock.callCount(), ran.mock.callCount()];
    opened.mock.resetCalls();
    ran.mock.resetCalls();
    return counts;
  };
}

test('unchanged files are not read again, by another engine neither, and the answer is the same to the last bit', async (t) => {
  const { folder, images, ask, askAnother } = await newProbes(t);
  const counts = counted(t);
  const mask = await writeMask(join(folder, 'm.png'), { right: 8, bottom: 8 });
  const masks = { [images[0]!]: mask };
  const computed = await ask({ masks });
  assert.deepEqual(counts(), [1, 2], 'one forward pass and one run for all maps');
  const done: number[] = [];
  assert.deepEqual(said(await ask({ masks, told: (count) => void done.push(count) })), said(computed));
  assert.deepEqual(said(await askAnother()({ masks })), said(computed));
  assert.deepEqual(counts(), [0, 0]);
  assert.deepEqual(done, [6]);
  // What is the default, asked for by name.
  const { method, layer, variant } = computed.map;
  assert.deepEqual(said(await ask({ masks, choice: { request: { method, layer }, of: 'predicted' } })), said(computed));
  assert.deepEqual(said(await ask({ masks, choice: { request: { method, layer, variant }, of: 'predicted' } })), said(computed));
  assert.deepEqual(counts(), [0, 0]);
});

test('only what is missing is computed: a new probe, another mask, another method, the true class', async (t) => {
  const { folder, images, ask } = await newProbes(t);
  const counts = counted(t);
  const few = await ask({ images: images.slice(0, 5) });
  counts();
  const all = await ask();
  assert.deepEqual(counts(), [1, 2], 'one picture');
  for (const row of [0, 4]) assert.deepEqual(mapOfRow(all, row), mapOfRow(few, row));
  const mask = await writeMask(join(folder, 'm.png'), { right: 8, bottom: 8 });
  const masked = await ask({ masks: { [images[2]!]: mask } });
  assert.deepEqual(counts(), [1, 1], 'one map');
  assert.ok(masked.objectShare[2]! > 0 && Number.isNaN(all.objectShare[2]));
  await ask({ choice: { request: { method: 'layer-cam' }, of: 'predicted' } });
  assert.deepEqual(counts()[1], 1, 'maps of six pictures in one run, and no forward pass');
  const truth = await ask({ choice: { ...gradCam, of: 'truth' } });
  assert.deepEqual(counts()[1], 1);
  // Maps of probes that are right are those of the predicted class.
  const right = images.findIndex((_, row) => truth.truth[row] === all.predicted[row]);
  if (right >= 0) assert.deepEqual(mapOfRow(truth, right), mapOfRow(all, right));
});

test('a renamed checkpoint, and one with the same content, are known by what they hold', async (t) => {
  const { folder, model, ask } = await newProbes(t);
  const counts = counted(t);
  const before = await ask();
  counts();
  const moved = join(folder, 'renamed.onnx');
  await rename(model, moved);
  assert.deepEqual(said(await ask({ model: moved })), said(before));
  assert.deepEqual(counts(), [1, 0], 'read, not run');
  await utimes(moved, new Date(0), new Date(0));
  assert.deepEqual(said(await ask({ model: moved })), said(before));
  assert.deepEqual(counts(), [1, 0], 'touched: read');
});

test('another content, preprocessing or picture is another answer; other names are the same numbers', async (t) => {
  const { folder, model, images, ask } = await newProbes(t);
  const before = await ask();
  await writeCheckpoint(model, checkpoint(5));
  const other = await ask();
  assert.notEqual(other.version, before.version);
  assert.notDeepEqual(other.confidence, before.confidence);
  await writePicture(images[0]!, { seed: 99 });
  const pictured = await ask();
  assert.notDeepEqual(mapOfRow(pictured, 0), mapOfRow(other, 0));
  assert.deepEqual(mapOfRow(pictured, 1), mapOfRow(other, 1));
  const counts = counted(t);
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ labels: [...classNames].reverse(), input: unitPixels }));
  const named = await ask();
  assert.deepEqual(counts(), [0, 0]);
  assert.deepEqual(named.classes, [...classNames].reverse());
  assert.deepEqual([...named.truth], [4, 3, 2, 1, 0, 4]);
  await writeFile(join(folder, 'glassbox.json'), JSON.stringify({ labels: classNames, input: { ...unitPixels, mean: [0.5, 0.5, 0.5] } }));
  const shifted = await ask();
  assert.notEqual(shifted.version, named.version);
  assert.notDeepEqual(shifted.confidence, named.confidence);
});

test('a broken picture among the probes does not have every checkpoint opened again', async (t) => {
  const { images, ask } = await newProbes(t);
  await writeFile(images[3]!, 'no picture');
  const first = await ask();
  assert.deepEqual(
    first.errors.map(({ row }) => row),
    [3],
  );
  const counts = counted(t);
  assert.deepEqual(said(await ask()), said(first));
  assert.deepEqual(counts(), [0, 0]);
});

test('what is gone is recalled: overwritten, deleted, with masks and without', async (t) => {
  const { folder, model, images, engine, store, ask } = await newProbes(t);
  const mask = await writeMask(join(folder, 'm.png'), { right: 8, bottom: 8 });
  const first = await ask({ masks: { [images[1]!]: mask } });
  await copyFile(await writeCheckpoint(join(folder, 'next.onnx'), checkpoint(5)), model);
  await ask();
  await rm(model);
  await rm(mask);
  const recall = (version: string, asked = images, choice = gradCam) => engine.recall({ store, version, images: asked, choice }, plain);
  const { frames, whole } = await recall(first.version);
  assert.deepEqual(said(frames!), said(first));
  assert.equal(whole, undefined);
  const truth = await recall(first.version, images, { ...gradCam, of: 'truth' });
  assert.deepEqual(truth.frames!.predicted, first.predicted);
  const lost = truth.frames!.errors.map(({ row, error }) => [row, error.code]);
  assert.deepEqual(
    lost,
    images.flatMap((_, row) => (first.predicted[row] === first.truth[row] ? [] : [[row, 'stale']])),
    'maps of another class were not drawn',
  );
  const fresh = await writePicture(join(folder, 'images', 'ant', 'new.png'), { seed: 70 });
  const mixed = (await recall(first.version, [fresh, images[0]!])).frames!;
  assert.deepEqual(
    mixed.errors.map(({ row, error }) => [row, error.code]),
    [[0, 'stale']],
  );
  assert.deepEqual(mapOfRow(mixed, 1), mapOfRow(first, 0));
  assert.equal((await recall(first.version, [fresh])).frames, undefined);
  assert.equal((await recall('unheard of')).frames, undefined);
  const other = (await recall(first.version, images, { request: { method: 'layer-cam' }, of: 'predicted' })).frames!;
  assert.deepEqual(other.confidence, first.confidence);
  assert.equal(other.errors.length, images.length);
  // Its folder is gone with what named the classes.
  await rm(join(folder, 'glassbox.json'));
  assert.deepEqual((await recall(first.version)).frames!.classes, classNames);
});

test('a version that is forgotten is computed anew, the others are not', async (t) => {
  const { folder, engine, store, ask } = await newProbes(t);
  const first = await ask();
  const other = await writeCheckpoint(join(folder, 'other.onnx'), checkpoint(5));
  const second = await ask({ model: other });
  await engine.forgetVersion({ store, version: first.version }, plain);
  const counts = counted(t);
  assert.deepEqual(said(await ask({ model: other })), said(second));
  assert.deepEqual(counts(), [0, 0]);
  assert.deepEqual(said(await ask()), said(first));
  assert.equal(counts()[0], 1);
  await engine.forgetVersion({ store }, plain);
  assert.deepEqual(said(await ask({ model: other })), said(second));
  assert.equal(counts()[0], 1);
});

test('what a cancelled call had worked out is kept', async (t) => {
  const { images, ask } = await newProbes(t);
  const choice = { request: { method: 'occlusion', params: { window: 2, stride: 1 } }, of: 'predicted' } as const;
  const controller = new AbortController();
  await assert.rejects(ask({ choice, signal: controller.signal, told: (done) => void (done >= 3 && controller.abort()) }), {
    code: 'cancelled',
  });
  const done: number[] = [];
  const frames = await ask({ choice, told: (count) => void done.push(count) });
  assert.equal(done[0], 3, `${done}`);
  assert.equal(frames.errors.length, 0);
  assert.equal(images.length, 6);
});

test('a store that cannot be written takes nothing down', async (t) => {
  const said: string[] = [];
  t.mock.method(console, 'warn', (text: string) => void said.push(text));
  const { store, ask } = await newProbes(t);
  await mkdir(join(store, trainingSchema.file), { recursive: true });
  const frames = await ask();
  assert.equal(frames.errors.length, 0);
  assert.ok(frames.maps.every(Number.isFinite));
  assert.equal(said.length, 1, said.join('\n'));
  assert.ok((await stat(join(store, trainingSchema.file))).isDirectory());
});

test('nothing lies beside the model or the pictures afterwards', async (t) => {
  const { folder, ask } = await newProbes(t);
  const before = await readdir(folder, { recursive: true });
  await ask();
  const after = await readdir(folder, { recursive: true });
  assert.deepEqual(
    after.filter((name) => !before.includes(name) && !name.startsWith('store')),
    [],
  );
});
