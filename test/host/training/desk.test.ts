/** The desk with the real engine and real checkpoints: what is read, in which order, and what becomes of it. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createEngine } from '../../../src/engine/engine.ts';
import type { EngineClient } from '../../../src/host/engineClient.ts';
import type { KeptCheckpoint } from '../../../src/host/training/desk/checkpointList.ts';
import { type Asked, Desk } from '../../../src/host/training/desk/desk.ts';
import type { CheckpointFile, FoundRun } from '../../../src/host/training/runs/checkpointFile.ts';
import { ModelError } from '../../../src/shared/errors.ts';
import type { ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { sample } from '../../support/paths.ts';
import { eventually } from '../../support/workbench.ts';

const epochs = ['epoch_01', 'epoch_03', 'epoch_05', 'epoch_07', 'epoch_10'];
const source = join(sample, 'models', 'shapes-stamp-bug', 'checkpoints');
const images = ['images/heart/heart-01.png', 'images/star/star-01.png', 'stamped/moon/moon-03-stamped.png'].map((path) =>
  join(sample, path),
);

const run: FoundRun = { id: 'run', kind: 'checkpoints', label: 'epoch_*', axis: 'epoch', folder: source, files: [] };
const asked: Asked = {
  probes: images.map((path) => ({ path, name: path, pinned: false })),
  ...{ masks: {}, choice: { request: { method: 'grad-cam' }, of: 'predicted' }, set: undefined },
};

/** A desk with everything that it told. */
class Watched {
  readonly desk: Desk;
  readonly store: string;
  readonly frames: [string, ProbeFrames][] = [];
  readonly calls: string[] = [];
  kept: readonly KeptCheckpoint[] = [];
  /** So many of the next calls find the engine gone. */
  crashes = 0;
  /** Calls wait until this is settled. */
  held: Promise<void> = Promise.resolve();

  constructor(t: TestContext, of: FoundRun = run, kept: readonly KeptCheckpoint[] = [], store?: string) {
    this.store = store ?? mkdtempSync(join(tmpdir(), 'glassbox-desk-'));
    if (store === undefined) t.after(() => rmSync(this.store, { recursive: true, force: true }));
    const engine = createEngine({ engine: 'auto', cacheBytes: 2 ** 28 });
    const call = async (
      name: string,
      params: { model?: string },
      options: { signal?: AbortSignal; onProgress?: (p: unknown) => void } = {},
    ) => {
      this.calls.push(`${name} ${params.model?.split('/').at(-2) ?? ''}`.trim());
      const context = { signal: options.signal ?? new AbortController().signal, progress: options.onProgress ?? (() => {}) };
      await this.held;
      if (this.crashes > 0) {
        this.crashes--;
        throw new ModelError('engine', 'The engine process ended unexpectedly (signal SIGKILL).');
      }
      context.signal.throwIfAborted();
      return await (engine as unknown as Record<string, (p: unknown, c: unknown) => Promise<unknown>>)[name]!(params, context);
    };
    this.desk = new Desk(of, kept, {
      engine: { call } as unknown as Pick<EngineClient, 'call'>,
      ...{ store: this.store, budget: () => 1, changed: () => {}, gotWhole: () => {} },
      gotFrames: (id, frames) => this.frames.push([id, frames]),
      keep: (all) => {
        this.kept = all;
      },
    });
    t.after(() => this.desk.dispose());
  }

  get order(): string[] {
    return this.frames.map(([id]) => id.split('/').at(-2) as string);
  }

  async read(count: number): Promise<void> {
    await eventually(`${count} checkpoints are read, of ${this.frames.length}`, async () =>
      this.frames.length >= count ? true : undefined,
    );
  }
}

function fileOf(path: string, name: string, at: number): CheckpointFile {
  const { size, mtimeMs } = statSync(path);
  return { path, name, at, modified: mtimeMs, bytes: size, stamp: `${path} ${size} ${mtimeMs}`, complete: true, why: undefined };
}

const files = epochs.map((name) => fileOf(join(source, name, 'model.json'), name, Number(name.slice(-2))));

test('nothing is read while nobody looks, then everything, the newest first', async (t) => {
  const watched = new Watched(t);
  watched.desk.ask(asked);
  watched.desk.files(files);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(watched.calls, []);
  assert.deepEqual(
    watched.desk.checkpoints.map(({ reading }) => reading.state),
    epochs.map(() => 'waiting'),
  );
  watched.desk.setAwake(true);
  await watched.read(5);
  assert.deepEqual(watched.order, [...epochs].reverse());
  await eventually('all are done', async () => watched.desk.checkpoints.every(({ reading }) => reading.state === 'done') || undefined);
  assert.equal(new Set(watched.desk.checkpoints.map(({ version }) => version)).size, 5);
  assert.equal(watched.desk.newest?.name, 'epoch_10');
});

test('a checkpoint that comes ends the work on an older one and is read first', async (t) => {
  const watched = new Watched(t);
  let release = () => {};
  watched.held = new Promise((resolve) => {
    release = resolve;
  });
  watched.desk.ask(asked);
  watched.desk.files(files.slice(0, 3));
  watched.desk.setAwake(true);
  await eventually('the work begins', async () => watched.calls.length === 1 || undefined);
  watched.desk.files(files.slice(0, 4));
  assert.deepEqual(watched.calls, ['probeFrames epoch_05', 'probeFrames epoch_07']);
  release();
  await watched.read(4);
  assert.deepEqual(watched.order, ['epoch_07', 'epoch_05', 'epoch_03', 'epoch_01']);
});

test('one that is written anew while it is watched is the newest, whatever its number', async (t) => {
  const watched = new Watched(t);
  watched.desk.ask(asked);
  watched.desk.files(files);
  watched.desk.setAwake(true);
  await watched.read(5);
  const [first, ...others] = files as [CheckpointFile, ...CheckpointFile[]];
  watched.desk.files([{ ...first, stamp: 'written again', complete: false, why: 'It is being written.' }, ...others]);
  assert.deepEqual(watched.desk.checkpoints[0]?.reading, { state: 'incomplete', why: 'It is being written.' });
  assert.ok(watched.desk.framesOf(first.path), 'what was read last stays');
  watched.desk.files([{ ...first, stamp: 'written again' }, ...others]);
  await watched.read(6);
  assert.equal(watched.order.at(-1), 'epoch_01');
});

test('what somebody looks at comes right after the newest', async (t) => {
  const watched = new Watched(t);
  watched.desk.ask(asked);
  watched.desk.files(files);
  const who = {};
  watched.desk.want(who, [files[0]!.path, files[2]!.path]);
  watched.desk.setAwake(true);
  await watched.read(5);
  assert.deepEqual(watched.order, ['epoch_10', 'epoch_05', 'epoch_01', 'epoch_07', 'epoch_03']);
});

test('at the first look at a run, what only has to be waited for is not called incomplete; what comes later is', async (t) => {
  const watched = new Watched(t);
  const looked = (file: CheckpointFile) => ({ ...file, complete: false, why: 'It is looked at for a moment.', isAtRest: true });
  watched.desk.ask(asked);
  watched.desk.setAwake(true);
  watched.desk.files([looked(files[0]!)]);
  watched.desk.files([looked(files[0]!), looked(files[1]!)]);
  assert.deepEqual(
    watched.desk.checkpoints.map(({ reading }) => reading.state),
    ['waiting', 'incomplete'],
  );
  assert.deepEqual(watched.calls, []);
});

test('what is incomplete is not read, what has gone unread is forgotten, what was read stays', async (t) => {
  const watched = new Watched(t);
  watched.desk.ask(asked);
  watched.desk.setAwake(true);
  watched.desk.files([files[0]!, { ...files[1]!, complete: false, why: '0 of 1 weight files are there.' }]);
  await watched.read(1);
  assert.deepEqual(watched.calls, ['probeFrames epoch_01']);
  watched.desk.files([]);
  assert.deepEqual(
    watched.desk.checkpoints.map(({ name, gone }) => [name, gone]),
    [['epoch_01', true]],
  );
  assert.ok(watched.desk.framesOf(files[0]!.path));
  assert.equal(watched.kept.length, 1);
});

test('what cannot be read says why, once, and can be tried again', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-desk-model-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(source, 'epoch_10'), folder, { recursive: true });
  const weights = join(folder, 'group1-shard1of1.bin');
  const whole = statSync(weights).size;
  writeFileSync(weights, new Uint8Array(whole).fill(255));
  const watched = new Watched(t);
  watched.desk.ask(asked);
  watched.desk.setAwake(true);
  const file = fileOf(join(folder, 'model.json'), 'epoch_10', 10);
  watched.desk.files([file]);
  await eventually('it has failed', async () => watched.desk.checkpoints[0]?.reading.state === 'failed' || undefined);
  const { reading } = watched.desk.checkpoints[0]!;
  assert.equal(reading.state === 'failed' && reading.error.code, 'weights');
  watched.desk.files([file]);
  assert.equal(watched.calls.length, 1);
  cpSync(join(source, 'epoch_10', 'group1-shard1of1.bin'), weights);
  watched.desk.retry(file.path);
  await watched.read(1);
});

test('a file that is overwritten has versions; they are there again after a reload, and none twice', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-desk-file-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const of: FoundRun = { ...run, kind: 'file', axis: 'version', folder };
  const write = (epoch: string) => {
    cpSync(join(source, epoch), folder, { recursive: true });
    return { ...fileOf(join(folder, 'model.json'), 'model.json', 1), stamp: epoch };
  };
  const first = new Watched(t, of);
  first.desk.ask(asked);
  first.desk.setAwake(true);
  let last = write('epoch_01');
  for (const [i, epoch] of epochs.slice(0, 3).entries()) {
    last = write(epoch);
    first.desk.files([last]);
    await first.read(i + 1);
  }
  const shown = (desk: Desk) => desk.checkpoints.map(({ name, at, gone }) => [name, at, gone]);
  const expected = [
    ['model.json #1', 1, true],
    ['model.json #2', 2, true],
    ['model.json #3', 3, false],
  ];
  assert.deepEqual(shown(first.desk), expected);
  first.desk.dispose();
  const second = new Watched(t, of, first.kept, first.store);
  second.desk.ask(asked);
  second.desk.setAwake(true);
  second.desk.files([last]);
  await second.read(3);
  assert.deepEqual(shown(second.desk), expected);
  for (const { id } of second.desk.checkpoints) assert.deepEqual(second.desk.framesOf(id)?.confidence, first.desk.framesOf(id)?.confidence);
});

test('an engine that ends takes no checkpoint with it; one at which it ends again is told of', async (t) => {
  const watched = new Watched(t);
  watched.desk.ask(asked);
  watched.crashes = 1;
  watched.desk.files(files.slice(0, 2));
  watched.desk.setAwake(true);
  await watched.read(2);
  assert.deepEqual(watched.calls, ['probeFrames epoch_03', 'probeFrames epoch_03', 'probeFrames epoch_01']);
  watched.crashes = 2;
  watched.desk.files(files.slice(0, 3));
  await eventually('it has failed', async () => watched.desk.checkpoints[2]?.reading.state === 'failed' || undefined);
  assert.equal(watched.calls.length, 5);
});

test('what lies beside a checkpoint counts as soon as it is there', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-desk-sidecar-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(source, 'epoch_10'), folder, { recursive: true });
  const sidecar = join(folder, 'glassbox.json');
  rmSync(sidecar);
  const watched = new Watched(t);
  watched.desk.ask(asked);
  watched.desk.setAwake(true);
  watched.desk.files([fileOf(join(folder, 'model.json'), 'epoch_10', 10)]);
  await eventually('it has failed', async () => watched.desk.checkpoints[0]?.reading.state === 'failed' || undefined);
  const { reading } = watched.desk.checkpoints[0]!;
  assert.equal(reading.state === 'failed' && reading.error.question?.kind, 'preprocessing');
  cpSync(join(source, 'epoch_10', 'glassbox.json'), sidecar);
  watched.desk.askAgain(() => false);
  assert.equal(watched.desk.checkpoints[0]?.reading.state, 'failed');
  watched.desk.askAgain((path) => path.startsWith(folder));
  await watched.read(1);
  assert.deepEqual(watched.frames[0]?.[1].classes.slice(0, 2), ['cross', 'heart']);
});

test('other maps are asked of all anew; removed from the cache, one is read again', async (t) => {
  const watched = new Watched(t);
  watched.desk.ask(asked);
  watched.desk.files(files.slice(0, 2));
  watched.desk.setAwake(true);
  await watched.read(2);
  watched.desk.ask({ ...asked, choice: { request: { method: 'saliency' }, of: 'predicted' } });
  assert.equal(watched.desk.framesOf(files[0]!.path), undefined);
  await watched.read(4);
  assert.deepEqual(
    watched.frames.slice(2).map(([, { map }]) => map.method),
    ['saliency', 'saliency'],
  );
  await watched.desk.forget(files[0]!.path);
  await watched.read(5);
  assert.equal(watched.order.at(-1), 'epoch_01');
  assert.equal(watched.calls.filter((call) => call === 'forgetVersion').length, 1);
});
