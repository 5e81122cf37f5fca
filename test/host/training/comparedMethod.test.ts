/** Maps that a comparison asks for by itself, through the real engine on the sample's run: another method and layer on both sides. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createEngine } from '../../../src/engine/engine.ts';
import type { ComparedSide } from '../../../src/host/training/comparison/comparedClasses.ts';
import { comparisonCalls } from '../../../src/host/training/comparison/comparisonCalls.ts';
import { frameMap } from '../../../src/shared/frameMap.ts';
import { SharedJobs } from '../../../src/shared/sharedJobs.ts';
import type { BothSides, Checkpoint, ComparedImage, ProbeFrames, ProbeMapRequest } from '../../../src/shared/trainingProtocol.ts';
import { sample } from '../../support/paths.ts';

const store = await mkdtemp(join(tmpdir(), 'glassbox-compared-'));
after(() => rm(store, { recursive: true, force: true }));
const handlers = createEngine({ engine: 'onnxruntime', cacheBytes: 2 ** 27 });
const never = new AbortController().signal;

type Options = { signal?: AbortSignal; onProgress?: (value: unknown) => void };
type Serving = Parameters<typeof comparisonCalls>[0];

/** The engine as the host calls it. */
const engine = {
  call: async (name: string, params: unknown, { signal = never, onProgress = () => {} }: Options = {}) =>
    await (handlers as unknown as Record<string, (params: unknown, context: object) => unknown>)[name]!(params, {
      signal,
      progress: onProgress,
    }),
} as never as Serving['engine'];

const images = [join(sample, 'stamped/square/square-01-stamped.png'), join(sample, 'images/moon/moon-01.png')];
const [image] = images as [string];

function checkpoint(name: string, patch: Partial<Checkpoint> = {}): Checkpoint {
  const path = join(sample, 'models/shapes-stamp-bug/checkpoints', name, 'model.json');
  return {
    ...{ id: path, name, at: Number(name.slice(-2)), path, modified: 0, bytes: 0, reading: { state: 'done' } },
    ...{ version: name, pinned: false, gone: false, ...patch },
  };
}

const side = (name: string, frames?: ProbeFrames, patch?: Partial<Checkpoint>): ComparedSide => ({
  checkpoint: checkpoint(name, patch),
  frames,
});

function callsOf(from: ComparedSide, to: ComparedSide) {
  const results = { frames: { from: from.frames, to: to.frames }, wholes: { from: undefined, to: undefined } };
  const choice = { request: { method: 'grad-cam' }, of: 'predicted' } as const;
  const now = () => ({ from, to, results, choice, store, images, newest: undefined });
  const calls = comparisonCalls({ engine, jobs: new SharedJobs(), now, maskFolders: () => ({}) });
  const progress: { done: number; total?: number }[] = [];
  const context = { signal: never, progress: (value: { done: number }) => void progress.push(value) };
  return {
    progress,
    both: async (request?: ProbeMapRequest) =>
      (await calls.explainBoth({ generation: 1, image, ...(request && { request }) }, context)) as ComparedImage,
    frames: async (request: ProbeMapRequest) =>
      (await calls.framesOfBoth({ generation: 1, request }, context)) as BothSides<ProbeFrames | undefined>,
    cancelled: (request: ProbeMapRequest, signal: AbortSignal) => calls.framesOfBoth({ generation: 1, request }, { ...context, signal }),
  };
}

test('both are explained by the method and at the layer that are asked for, with its measures; without a request by the training view’s', async () => {
  const { both, progress } = callsOf(side('epoch_01'), side('epoch_10'));
  const lrp = await both({ method: 'lrp' });
  for (const which of ['from', 'to'] as const) {
    const model = checkpoint(which === 'from' ? 'epoch_01' : 'epoch_10').path;
    const alone = await engine.call('explain', { model, image, request: { method: 'lrp', class: lrp.explained.index } });
    assert.deepEqual([lrp[which].map?.values, lrp[which].map?.signed], [alone.values, true]);
    const choice = { request: { method: 'lrp' }, of: 'truth' } as const;
    const measured = await engine.call('probeFrames', { model, store, images: [image], masks: {}, choice });
    assert.equal(lrp.measured[which]?.borderShare, measured.borderShare[0]);
  }
  assert.deepEqual(progress.at(-1), { done: 1 });
  const relevance = await both({ method: 'relevance-cam', layer: 'conv4' });
  assert.deepEqual([relevance.from.map?.method, relevance.to.map?.layer], ['relevance-cam', 'conv4']);
  assert.equal((await both()).to.map?.method, 'grad-cam');
});

test('maps of all probes are of the true class on both sides, and how far they are is told', async () => {
  const { frames, progress } = callsOf(side('epoch_01'), side('epoch_10'));
  const { from, to } = await frames({ method: 'occlusion' });
  assert.deepEqual([from?.images, to?.images], [images, images]);
  assert.deepEqual([from?.map.method, to?.map.signed], ['occlusion', true]);
  assert.deepEqual([...(from?.explained ?? [])], [...(to?.truth ?? [])]);
  assert(frameMap(from as ProbeFrames, 1) && frameMap(to as ProbeFrames, 0));
  assert.deepEqual(progress.at(-1), { done: 4, total: 4 });
  const done = progress.map((each) => each.done);
  assert.deepEqual(
    done,
    [...done].sort((a, b) => a - b),
  );
});

test('of one whose files are gone there is what was drawn of it while they were there; of other maps that is said', async () => {
  const read = await callsOf(side('epoch_01'), side('epoch_10')).frames({ method: 'saliency' });
  const gone = side('epoch_01', undefined, { gone: true, path: '/nowhere/model.json', version: read.from?.version as string });
  const { frames, both } = callsOf(gone, side('epoch_10'));
  const again = await frames({ method: 'saliency' });
  assert.deepEqual(again.from?.maps, read.from?.maps);
  const kept = await both({ method: 'saliency' });
  assert.deepEqual([kept.from.kept, kept.from.map?.method, kept.to.kept], [true, 'saliency', false]);
  const other = await both({ method: 'gradient-x-input' });
  assert.match(other.from.error?.message ?? '', /^The files of epoch_01 are gone/);
  assert.equal(other.to.map?.method, 'gradient-x-input');
});

test('what was read of a probe with the training view’s maps is not taken for another method’s', async () => {
  const choice = { request: { method: 'grad-cam' }, of: 'truth' } as const;
  const model = checkpoint('epoch_01').path;
  const frames = await engine.call('probeFrames', { model, store, images, masks: {}, choice });
  const gone = side('epoch_01', frames, { gone: true, version: frames.version });
  const { both } = callsOf(gone, side('epoch_10'));
  assert.equal((await both()).from.kept, true);
  const other = await both({ method: 'hires-cam', layer: 'conv3' });
  assert.match(other.from.error?.message ?? '', /^The files of epoch_01 are gone, and this map of it was not drawn/);
  assert.equal(other.predicted.from, frames.predicted[0], 'what it said of the picture is known all the same');
});

test('what a network does not support is refused by name on both sides, of all probes too; what is chosen anew ends what was', async () => {
  const { both, frames, cancelled } = callsOf(side('epoch_01'), side('epoch_10'));
  const refused = await both({ method: 'grad-cam', layer: 'conv99' });
  for (const which of ['from', 'to'] as const) assert.match(refused[which].error?.message ?? '', /conv99/);
  const { to } = await frames({ method: 'grad-cam', layer: 'conv99' });
  assert.equal(frameMap(to as ProbeFrames, 0), undefined);
  assert.match(to?.errors[0]?.error.message ?? '', /conv99/);
  const controller = new AbortController();
  const work = cancelled({ method: 'rise' }, controller.signal) as Promise<unknown>;
  setTimeout(() => controller.abort(), 50);
  await assert.rejects(work, { code: 'cancelled' });
});
