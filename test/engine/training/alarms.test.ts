/** The alarms on the sample workspace's two runs, through the real engine: one has learned the stamp in the corner, the other is sound. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { createEngine } from '../../../src/engine/engine.ts';
import { masksOf } from '../../../src/host/training/desk/masksOf.ts';
import { sampleProbes } from '../../../src/host/training/desk/sampleProbes.ts';
import { Random } from '../../../src/shared/random.ts';
import type { ExplainedClass, ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { type Alarm, accuracy, alarms, flips, moved } from '../../../src/shared/trainingReading.ts';
import { sample } from '../../support/paths.ts';
import { selectRows } from '../../support/selectRows.ts';

const store = await mkdtemp(join(tmpdir(), 'glassbox-alarms-'));
after(() => rm(store, { recursive: true, force: true }));
const engine = createEngine({ engine: 'onnxruntime', cacheBytes: 2 ** 27 });
const images = await imagesOf(['images', 'stamped']);
const masks = await masksOf(images, { images: 'masks' });
const epochs = ['epoch_01', 'epoch_03', 'epoch_05', 'epoch_07', 'epoch_10'];

type Run = { checkpoint: string; frames: ProbeFrames }[];
const runs = new Map<string, Promise<Run>>();

async function imagesOf(folders: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const folder of folders) {
    for (const name of await readdir(join(sample, folder), { recursive: true })) {
      if (name.endsWith('.png') || name.endsWith('.jpg')) all.push(join(sample, folder, name));
    }
  }
  return all.sort();
}

/** Every image of the sample, at every checkpoint. */
function read(model: string, of: ExplainedClass, method = 'grad-cam'): Promise<Run> {
  const key = [model, of, method].join();
  const known = runs.get(key) ?? readAll(model, of, method);
  runs.set(key, known);
  return known;
}

async function readAll(model: string, of: ExplainedClass, method: string): Promise<Run> {
  const run: Run = [];
  for (const checkpoint of epochs) {
    const path = join(sample, 'models', model, 'checkpoints', checkpoint, 'model.json');
    const context = { signal: new AbortController().signal, progress: () => {} };
    const frames = await engine.probeFrames({ model: path, store, images, masks, choice: { request: { method }, of } }, context);
    assert.deepEqual(frames.errors, []);
    run.push({ checkpoint, frames });
  }
  return run;
}

/** Of some of the images. */
const only = (run: Run, rows: readonly number[]): Run =>
  run.map(({ checkpoint, frames }) => ({ checkpoint, frames: selectRows(frames, rows) }));
const rowsOf = (some: readonly string[]) => some.map((image) => images.indexOf(image));
const raised = (run: Run): Alarm[] => [...alarms(run).values()].flat();

test('the run that has learned the stamp raises the border alarm with the 12 probes that are taken by themselves, before its last epoch', async () => {
  // By LayerCAM one star's hottest point of the first epoch lies on the star.
  const firsts = { 'grad-cam': ['epoch_01', 'epoch_03'], 'layer-cam': ['epoch_03', 'epoch_05'] } as const;
  for (const [method, [since, first]] of Object.entries(firsts)) {
    const all = alarms(only(await read('shapes-stamp-bug', 'predicted', method), rowsOf(sampleProbes(images, 12))));
    const star = (checkpoint: string) => all.get(checkpoint)?.find(({ kind, label }) => kind === 'border' && label === 'star');
    const [before, after] = [epochs.slice(0, epochs.indexOf(first)), epochs.slice(epochs.indexOf(first), -1)];
    for (const checkpoint of before) assert.equal(star(checkpoint), undefined, `${method} ${checkpoint}`);
    for (const checkpoint of after) assert.equal(star(checkpoint)?.since, since, `${method} ${checkpoint}`);
    assert.ok(star(first)!.probes >= 6 && star(first)!.peaks >= 0.9 && star(first)!.share > 0.75);
    assert.deepEqual([...new Set([...all.values()].flat().map(({ kind, label }) => `${kind} ${label}`))], ['border star'], 'and no other');
  }
});

test('random sets of 12, a picture of each folder: always raised by the third checkpoint', async () => {
  const run = await read('shapes-stamp-bug', 'predicted');
  const random = Random.seeded(5);
  for (let set = 0; set < 100; set++) {
    const found = alarms(only(run, oneOfEach(random)));
    assert.ok(
      found.get('epoch_05')?.some(({ kind, label }) => kind === 'border' && label === 'star'),
      `set ${set}`,
    );
  }
});

for (const explained of ['predicted', 'truth'] as const) {
  for (const method of ['grad-cam', 'layer-cam']) {
    test(`the sound run raises none, whatever the probes: ${method} of the ${explained === 'truth' ? 'true' : 'predicted'} class`, async () => {
      const run = await read('shapes', explained, method);
      const random = Random.seeded(7);
      assert.deepEqual(raised(run), [], 'all images');
      assert.deepEqual(raised(only(run, rowsOf(sampleProbes(images, 12)))), []);
      const plain = images.filter((image) => image.includes(join(sample, 'images')));
      for (let set = 0; set < 150; set++) {
        const sets = [oneOfEach(random), some(random, 12), some(random, 24), some(random, 64), someOfEach(random, plain, 3)];
        for (const rows of sets) assert.deepEqual(raised(only(run, rows)), [], `set ${set}: ${rows}`);
      }
    });
  }
}

test('where the true class is explained, a map says nothing of what is predicted instead: stamped pictures that are no stars', async () => {
  const rows = rowsOf(images.filter((image) => image.includes(join(sample, 'stamped')) && basename(dirname(image)) !== 'star'));
  const labels = (run: Run) => [...new Set(raised(only(run, rows)).map(({ kind, label }) => `${kind} ${label}`))];
  assert.ok(labels(await read('shapes-stamp-bug', 'predicted')).includes('border star'));
  assert.deepEqual(labels(await read('shapes-stamp-bug', 'truth')), []);
});

test('what the two runs say besides: accuracy, flips, moved maps', async () => {
  const run = await read('shapes', 'predicted');
  const accuracies = run.map(({ frames }) => accuracy(frames));
  assert.ok(accuracies[0]! < 0.3 && accuracies.at(-1)! > 0.95, `${accuracies}`);
  const [third, last] = [run[2]!.frames, run[4]!.frames];
  const { becameRight, becameWrong } = flips(third, last);
  const right = (frames: ProbeFrames, row: number) => frames.predicted[row] === frames.truth[row];
  assert.equal(becameRight.length - becameWrong.length, Math.round((accuracies[4]! - accuracies[2]!) * images.length));
  assert.ok(becameRight.every((row) => !right(third, row) && right(last, row)));
  const late = moved(run[3]!.frames, last);
  const early = moved(run[0]!.frames, run[1]!.frames);
  const median = (all: Float32Array) => [...all].filter(Number.isFinite).sort((a, b) => a - b)[Math.floor(all.length / 2)]!;
  assert.ok(median(late) > 0.8 && median(early) < 0.5, `${median(early)}, then ${median(late)}`);
});

function oneOfEach(random: Random): number[] {
  return someOfEach(random, images, 1);
}

function someOfEach(random: Random, of: readonly string[], count: number): number[] {
  const folders = new Map<string, string[]>();
  for (const image of of) folders.set(dirname(image), [...(folders.get(dirname(image)) ?? []), image]);
  return [...folders.values()].flatMap((own) => rowsOf(shuffled(random, own).slice(0, count)));
}

function some(random: Random, count: number): number[] {
  return rowsOf(shuffled(random, images).slice(0, count));
}

function shuffled<T>(random: Random, all: readonly T[]): T[] {
  return all
    .map((value) => ({ value, at: random.uniform() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
