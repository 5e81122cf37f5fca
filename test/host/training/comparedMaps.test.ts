/** Both maps of a picture, through the real engine on the sample's run: the same class, and what is left of a checkpoint whose files are gone. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createEngine } from '../../../src/engine/engine.ts';
import { type BothQuestion, explainBoth, type MappedSide } from '../../../src/host/training/comparison/comparedMaps.ts';
import { comparisonCalls, expectKnown } from '../../../src/host/training/comparison/comparisonCalls.ts';
import { SharedJobs } from '../../../src/shared/sharedJobs.ts';
import type { Checkpoint, ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { sample } from '../../support/paths.ts';

const store = await mkdtemp(join(tmpdir(), 'glassbox-compared-'));
after(() => rm(store, { recursive: true, force: true }));
const handlers = createEngine({ engine: 'onnxruntime', cacheBytes: 2 ** 27 });
const signal = new AbortController().signal;

/** The engine as the host calls it. */
const engine = {
  call: async (name: string, params: unknown, { signal: own = signal }: { signal?: AbortSignal } = {}) =>
    await (handlers as unknown as Record<string, (params: unknown, context: object) => unknown>)[name]!(params, {
      signal: own,
      progress: () => {},
    }),
} as never as Parameters<typeof explainBoth>[0];

const image = join(sample, 'stamped/square/square-01-stamped.png');
const other = join(sample, 'images/moon/moon-01.png');

function checkpoint(name: string, patch: Partial<Checkpoint> = {}): Checkpoint {
  const path = join(sample, 'models/shapes-stamp-bug/checkpoints', name, 'model.json');
  return {
    ...{ id: path, name, at: Number(name.slice(-2)), path, modified: 0, bytes: 0, reading: { state: 'done' } },
    ...{ version: name, pinned: false, gone: false, ...patch },
  };
}

async function framesOf(name: string, of: 'truth' | 'predicted'): Promise<ProbeFrames> {
  const choice = { request: { method: 'grad-cam' }, of };
  return await engine.call('probeFrames', { model: checkpoint(name).path, store, images: [image, other], masks: {}, choice }, { signal });
}

/** `maps`: of what is asked for, where that is not what was read. */
function sideOf(name: string, frames: ProbeFrames | undefined, patch: Partial<Checkpoint> = {}, maps = frames): MappedSide {
  return { checkpoint: checkpoint(name, patch), frames, maps };
}

function asked(patch: Partial<BothQuestion> = {}): BothQuestion {
  return {
    from: sideOf('epoch_01', undefined),
    to: sideOf('epoch_10', undefined),
    image,
    class: undefined,
    request: { method: 'grad-cam' },
    masks: {},
    store,
    priority: 1,
    ...patch,
  };
}

test('both explain the true class, at their own resolution, with what the engine says of each alone', async () => {
  const both = await explainBoth(engine, asked(), signal);
  const names = await Promise.all(
    ['epoch_01', 'epoch_10'].map((name) => engine.call('predict', { model: checkpoint(name).path, image }, { signal })),
  );
  const truth = names[1]?.truth?.index;
  assert.deepEqual([both.explained.label, both.explained.index, both.truth], ['square', truth, truth]);
  for (const [side, prediction] of [
    ['from', names[0]!],
    ['to', names[1]!],
  ] as const) {
    const { map, kept } = both[side];
    const alone = await engine.call(
      'explain',
      { model: checkpoint(side === 'from' ? 'epoch_01' : 'epoch_10').path, image, request: { method: 'grad-cam', class: truth! } },
      { signal },
    );
    assert.deepEqual([map?.values, kept], [alone.values, false]);
    assert.equal(both.predicted[side], prediction.top[0]?.index);
    // All probabilities, worked out anew from the logits.
    const most = Math.max(...prediction.logits);
    const sum = prediction.logits.reduce((total, z) => total + Math.exp(z - most), 0);
    for (const each of both.classes) {
      const expected = Math.exp((prediction.logits[each.index] as number) - most) / sum;
      assert(Math.abs((each[side] as number) - expected) < 1e-5, `${each.label}: ${each[side]} is not ${expected}`);
    }
  }
  assert.equal(both.predicted.to, both.classes[0]?.index, 'what the second is surest of comes first');
  assert(both.classes.some(({ index }) => index === truth));
  assert.equal(both.picture?.width, 96);
});

test('another class is explained by both', async () => {
  const both = await explainBoth(engine, asked({ class: 2 }), signal);
  assert.deepEqual([both.from.map?.class.index, both.to.map?.class.index, both.explained.index], [2, 2, 2]);
});

test('measures are those of the class on show, also where the probes explain another one', async () => {
  const frames = { from: await framesOf('epoch_01', 'predicted'), to: await framesOf('epoch_10', 'predicted') };
  const truth = await framesOf('epoch_10', 'truth');
  assert.notEqual(frames.to.explained[0], truth.explained[0], 'the network takes the stamp for a star');
  const sides = {
    from: sideOf('epoch_01', frames.from),
    to: sideOf('epoch_10', frames.to),
  };
  const both = await explainBoth(engine, asked(sides), signal);
  assert.equal(both.measured.to?.borderShare, truth.borderShare[0]);
  const star = await explainBoth(engine, asked({ ...sides, class: frames.to.predicted[0] }), signal);
  assert.equal(star.measured.to?.borderShare, frames.to.borderShare[0]);
  assert((star.measured.to?.borderShare ?? 0) > (both.measured.to?.borderShare ?? 1), 'what speaks for the star lies in the corner');
});

test('of one whose files are gone the kept map answers, of its class alone; the other side is as ever', async () => {
  const frames = await framesOf('epoch_01', 'truth');
  const from = sideOf('epoch_01', frames, { gone: true, path: '/nowhere/model.json' });
  const both = await explainBoth(engine, asked({ from }), signal);
  assert.deepEqual([both.from.kept, both.from.map?.height, both.from.map?.class.label], [true, frames.height, 'square']);
  assert.deepEqual(both.from.map?.values, frames.maps.slice(0, frames.height * frames.width));
  assert.equal(both.to.kept, false);
  assert.equal(both.predicted.from, frames.predicted[0]);
  const ofTruth = both.classes.find(({ index }) => index === both.truth);
  assert(Math.abs((ofTruth?.from as number) - (frames.trueProbability[0] as number)) < 1e-6);
  const moon = await explainBoth(engine, asked({ from, class: 2 }), signal);
  assert.match(
    moon.from.error?.message ?? '',
    /The files of epoch_01 are gone, and the map that is kept of them explains square, not moon/,
  );
  assert.equal(moon.from.map, undefined);
  assert.equal(moon.to.map?.class.index, 2);
});

test('of two that are gone both kept maps answer, without a picture; a picture that nobody kept is refused', async () => {
  const side = async (name: string) => sideOf(name, await framesOf(name, 'truth'), { gone: true });
  const gone = { from: await side('epoch_01'), to: await side('epoch_10') };
  const both = await explainBoth(engine, asked(gone), signal);
  assert.deepEqual([both.picture, both.from.kept, both.to.kept], [undefined, true, true]);
  await assert.rejects(explainBoth(engine, asked({ ...gone, image: '/other.png' }), signal), /nothing is kept of it/);
});

test('files that were deleted a moment ago are gone too; a cancelled question ends', async () => {
  const frames = await framesOf('epoch_01', 'truth');
  const from = sideOf('epoch_01', frames, { path: join(store, 'deleted/model.json') });
  const both = await explainBoth(engine, asked({ from }), signal);
  assert.equal(both.from.kept, true);
  const controller = new AbortController();
  controller.abort();
  await assert.rejects(explainBoth(engine, asked(), controller.signal), { code: 'cancelled' });
});

test('a page may ask about probes and pictures of the data set, not about others', async () => {
  const results = { frames: { from: undefined, to: undefined }, wholes: { from: undefined, to: undefined } };
  const of = { images: [image], results };
  assert.equal(expectKnown(of, image), image);
  assert.throws(() => expectKnown(of, '/etc/passwd'), /none of this comparison/);
  assert.throws(() => expectKnown(of, undefined), /none of this comparison/);
  const side = (name: string) => ({ checkpoint: checkpoint(name, { version: undefined }), frames: undefined });
  const choice = { request: { method: 'grad-cam' }, of: 'predicted' } as const;
  const now = () => ({
    from: side('epoch_01'),
    to: side('epoch_10'),
    results,
    choice,
    store,
    images: [image, '/broken.png'],
    newest: undefined,
  });
  const calls = comparisonCalls({ engine, jobs: new SharedJobs(), now, maskFolders: () => ({ images: 'masks' }) });
  const context = { signal, progress: () => {} };
  const [small, broken] = await calls.thumbnails({ generation: 1, images: [image, '/broken.png'] }, context);
  assert.deepEqual([small?.width, small?.data.length, broken], [96, 96 * 96 * 3, undefined]);
  await assert.rejects(calls.explainBoth({ generation: 1, image: '/etc/passwd' }, context) as Promise<unknown>, /none of this comparison/);
  await assert.rejects(calls.drift({ generation: 1 }, context) as Promise<unknown>, { code: 'stale' });
});
