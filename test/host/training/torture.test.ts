/**
 * Checkpoints are rewritten again and again in random pieces, ways and order, with the numbers of two networks in turn, while real watches
 * and desks follow them with a real engine. What they tell must be exactly one network's or the other's, and what they say of files must
 * be true. GLASSBOX_TORTURE: rewrites of all together, 200 otherwise.
 */
import assert from 'node:assert/strict';
import { watch } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EngineClient } from '../../../src/host/engineClient.ts';
import { type Asked, Desk } from '../../../src/host/training/desk/desk.ts';
import type { CheckpointFile, FoundRun } from '../../../src/host/training/runs/checkpointFile.ts';
import { findRuns } from '../../../src/host/training/runs/findRuns.ts';
import { type Hints, type RunWatch, RunWatcher } from '../../../src/host/training/watch/runWatcher.ts';
import { Random } from '../../../src/shared/random.ts';
import type { ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { newFolder } from '../../support/engineCalls.ts';
import { sample } from '../../support/paths.ts';
import {
  type Files,
  hdf5Pair,
  Journal,
  kerasPair,
  Lateness,
  onnxPair,
  type Pair,
  tfjsPair,
  untrue,
  Writer,
  writeWhole,
} from './tortured.ts';

const entry = fileURLToPath(new URL('../../../src/engine/main.ts', import.meta.url));
const rewrites = Number(process.env['GLASSBOX_TORTURE'] ?? 200);
/** A writer that was held up for longer than this, ms, by a busy machine, looked as if it were done. */
const heldUp = 550;

const choice: Asked['choice'] = { request: { method: 'grad-cam' }, of: 'predicted' };
const images = ['images/heart/heart-01.png', 'images/star/star-01.png'].map((path) => join(sample, path));

function newEngine(t: TestContext): EngineClient {
  const none = () => {};
  const engine = new EngineClient({
    entry,
    configuration: () => ({ engine: 'auto', cacheBytes: 2 ** 28 }),
    log: { info: none, warn: none, error: none },
  });
  t.after(() => engine.dispose());
  return engine;
}

/** What a frame says, to compare. */
const numbers = ({ predicted, confidence, maps, errors }: ProbeFrames) => ({ predicted, confidence, maps, errors });

/** Undisturbed reads of both networks, by version. */
async function answers(t: TestContext, engine: EngineClient, { model, nets, sidecar }: Pair): Promise<Map<string, ProbeFrames>> {
  const frames = await Promise.all(
    nets.map(async (files) => {
      const folder = await newFolder(t);
      await writeWhole(folder, files);
      await writeFile(join(folder, 'glassbox.json'), JSON.stringify(sidecar));
      const store = await newFolder(t);
      return await engine.call('probeFrames', { model: join(folder, model), store, images, masks: {}, choice });
    }),
  );
  for (const each of frames) assert.deepEqual(each.errors, []);
  const [a, b] = frames as [ProbeFrames, ProbeFrames];
  assert.notEqual(a.version, b.version);
  assert.notDeepEqual(a.confidence, b.confidence, 'the networks differ in what they say');
  return new Map(frames.map((each) => [each.version, each]));
}

/** Everything that was told and should not have been. */
interface Findings {
  /** Frames told, and those among them of no network. */
  frames: number;
  mixed: string[];
  errors: string[];
  untrue: string[];
  /** Rewrites while which the machine held the writer up for so long that nothing can be expected. */
  heldUp: number;
  /** How late everything was, ms. */
  late: number;
  /** Those excused by that. */
  excused: string[];
}

interface Tortured {
  pair: Pair;
  /** Folders of its checkpoints. */
  folders: readonly string[];
  known: ReadonlyMap<string, ProbeFrames>;
  rounds: number;
  /** 'file': the one checkpoint is watched as a file that is overwritten in place. */
  kind: FoundRun['kind'];
}

type NewWatch = (run: FoundRun, told: (files: readonly CheckpointFile[]) => void) => RunWatch;

/** Follows one run while its checkpoints are rewritten. */
async function torture(
  t: TestContext,
  engine: EngineClient,
  { pair, folders, known, rounds, kind }: Tortured,
  newWatch: NewWatch,
): Promise<Findings> {
  const findings: Findings = { frames: 0, mixed: [], errors: [], untrue: [], heldUp: 0, late: 0, excused: [] };
  const journal = new Journal();
  const lateness = new Lateness();
  t.after(() => lateness.stop());
  const [a, b] = pair.nets;
  for (const folder of folders) {
    await writeWhole(folder, a);
    for (const [name, bytes] of Object.entries(a)) journal.note(join(folder, name), bytes.length);
  }
  const [found] = findRuns(
    folders.map((folder) => join(folder, pair.model)),
    basename,
  );
  assert(found);
  const run: FoundRun = kind === 'file' ? { ...found, kind, axis: 'version', folder: folders[0]! } : found;
  /** Folders whose last rewriting was held up, until the next one is done. */
  const unsure = new Set<string>();
  const writers = new Map(folders.map((folder, i) => [folder, new Writer(Random.seeded(i + 1), journal)]));
  const isUnsure = (folder: string) => unsure.has(folder) || (writers.get(folder)?.longest ?? 0) > heldUp;
  const wrong = (list: string[], folder: string, what: string) => (isUnsure(folder) ? findings.excused : list).push(what);
  const versions = new Map<string, { version: string; at: number }>();
  const said = new Map<string, string>();
  const desk = new Desk(run, [], {
    ...{ engine, store: await newFolder(t), budget: () => 1, gotWhole: () => {}, keep: () => {} },
    changed: () => {
      for (const { id, reading, path } of desk.checkpoints) {
        const what = reading.state === 'failed' ? reading.error.message : reading.state === 'incomplete' ? reading.why : '';
        if (said.get(id) === what) continue;
        said.set(id, what);
        if (reading.state === 'failed') wrong(findings.errors, dirname(path), what);
        const lie = reading.state === 'incomplete' ? untrue(journal, dirname(path), a, what, lateness.worst) : undefined;
        if (lie !== undefined) wrong(findings.untrue, dirname(path), lie);
      }
    },
    gotFrames: (id, frames) => {
      findings.frames++;
      const path = kind === 'file' ? join(folders[0]!, pair.model) : id;
      versions.set(path, { version: frames.version, at: performance.now() });
      const expected = known.get(frames.version);
      if (!expected) wrong(findings.mixed, dirname(path), `${id} ${frames.version}`);
      else assert.deepEqual(numbers(frames), numbers(expected), 'the numbers of the network itself');
    },
    isStill: (file) => watcher.isStill(file),
  });
  const watcher: RunWatch = newWatch(run, (files) => desk.files(files));
  t.after(() => [watcher.dispose(), desk.dispose()]);
  desk.ask({ probes: images.map((path) => ({ path, name: path, pinned: true })), masks: {}, choice, set: undefined });
  watcher.start();
  desk.setAwake(true);
  const versionOf = [...known.keys()];
  /** That a network is shown from now on. */
  const until = async (folder: string, version: string | undefined, ms: number) => {
    const began = performance.now();
    const isShown = () => {
      const shown = versions.get(join(folder, pair.model));
      return shown !== undefined && shown.version === version && shown.at >= began;
    };
    while (!isShown() && performance.now() - began < ms) await sleep(20);
    return isShown();
  };
  const one = async ([folder, writer]: [string, Writer], seed: number) => {
    const random = Random.seeded(seed, 1);
    for (let round = 1; round <= rounds; round++) {
      const [files, version] = [round % 2 === 0 ? a : b, versionOf[round % 2 === 0 ? 0 : 1]];
      await writer.rewrite(folder, files);
      const isHeldUp = writer.longest > heldUp;
      if (isHeldUp) findings.heldUp++;
      // What is begun is wrong from its first held-up piece on: it is told of until the next whole one is there.
      if (isHeldUp) unsure.add(folder);
      // Half of them are overwritten before anybody can read them.
      if (random.uniform() < 0.5) await writer.pause();
      else if (await until(folder, version, 8_000)) unsure.delete(folder);
    }
    const last = versionOf[rounds % 2 === 0 ? 1 : 0];
    await writer.rewrite(folder, last === versionOf[0] ? a : b);
    assert(await until(folder, last, 20_000), `${folder}: in the end what was written last is shown`);
  };
  await Promise.all([...writers].map(one));
  const isDone = () => desk.checkpoints.every(({ reading }) => reading.state === 'done');
  for (let tries = 0; tries < 100 && !isDone(); tries++) await sleep(50);
  // Of a file two versions are left, however often it was written.
  const left = kind === 'file' ? known.size : folders.length;
  assert.deepEqual(
    desk.checkpoints.map(({ reading }) => reading.state),
    Array(left).fill('done'),
  );
  watcher.dispose();
  findings.late = lateness.worst;
  return findings;
}

const fsHints: Hints = (folder, isDeep, touched) => {
  const watcher = watch(folder, { recursive: isDeep }, (_, name) => touched(join(folder, name ?? '')));
  watcher.on('error', () => {});
  return { dispose: () => watcher.close() };
};

async function folderOf({ sidecar }: Pair, root: string, name: string, count: number): Promise<string[]> {
  const folders = Array.from({ length: count }, (_, i) => join(root, name, `epoch_${i + 1}`));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (const folder of folders) await writeFile(join(folder, 'glassbox.json'), JSON.stringify(sidecar));
  return folders;
}

test(`${rewrites} rewrites in pieces: nothing wrong is shown, nothing untrue is said`, { timeout: 240_000 }, async (t) => {
  const [engine, root] = [newEngine(t), await newFolder(t)];
  const pairs = {
    tfjs: await tfjsPair(),
    onnx: await onnxPair('net.onnx'),
    h5: await hdf5Pair('net.h5'),
    keras: await kerasPair('net.keras'),
  };
  const rounds = Math.ceil(rewrites / 10);
  const began = performance.now();
  const all = await Promise.all(
    Object.entries(pairs).map(async ([name, pair]) => {
      const known = await answers(t, engine, pair);
      const folders = await folderOf(pair, root, name, name === 'tfjs' ? 7 : 1);
      // Two of them without anything that tells of changes.
      const hints = name === 'onnx' || name === 'keras' ? undefined : fsHints;
      const kind = name === 'keras' ? 'file' : 'checkpoints';
      const findings = await torture(
        t,
        engine,
        { pair, folders, known, rounds, kind },
        (run, told) => new RunWatcher(run, told, { hints }),
      );
      return { name, folders, ...findings };
    }),
  );
  t.diagnostic(`${((performance.now() - began) / 1000).toFixed(0)} s`);
  for (const { name, folders, frames, late, heldUp: held, mixed, errors, untrue: lies, excused } of all) {
    t.diagnostic(
      `${name}: ${folders.length * rounds} rewrites, ${frames} frames told; ${held} held up, ${excused.length} excused, ${Math.round(late)} ms late`,
    );
    assert.deepEqual({ name, mixed, errors, lies }, { name, mixed: [], errors: [], lies: [] });
    assert(frames >= folders.length * rounds * 0.3, `${name}: most that stood still for long enough was shown (${frames})`);
    assert(excused.length <= frames * 0.1, `${excused}`);
  }
});

/** Tells of every state at once as complete: what Glassbox would do without settling. */
function unsettled(run: FoundRun, told: (files: readonly CheckpointFile[]) => void): RunWatch {
  const look = async () => {
    const files = run.files.map(async (file): Promise<CheckpointFile | undefined> => {
      const names = [file.path, ...[1, 2, 3].map((n) => join(dirname(file.path), `group1-shard${n}of3.bin`))];
      const stats = await Promise.all(names.map((name) => stat(name).catch(() => undefined)));
      if (!stats[0]) return undefined;
      const stamp = stats.map((each) => `${each?.size} ${each?.mtimeMs}`).join();
      return { ...file, modified: stats[0].mtimeMs, bytes: stats[0].size, stamp, complete: true, why: undefined };
    });
    told((await Promise.all(files)).filter((file) => file !== undefined));
  };
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearInterval(timer);
  return { start: () => (timer = setInterval(() => void look(), 100)), stop, isStill: async () => true, dispose: stop } as RunWatch;
}

test('the same torture without settling shows what is wrong: the test can fail', { timeout: 120_000 }, async (t) => {
  const [engine, root, pair] = [newEngine(t), await newFolder(t), await tfjsPair()];
  const known = await answers(t, engine, pair);
  const folders = await folderOf(pair, root, 'tfjs', 2);
  const { frames, mixed, errors } = await torture(t, engine, { pair, folders, known, rounds: 6, kind: 'checkpoints' }, unsettled);
  t.diagnostic(`${frames} frames told, ${mixed.length} of no network, ${errors.length} errors of files that were not done: ${errors[0]}`);
  assert(mixed.length > 0);
  assert(errors.length > 0);
});

test('a checkpoint that is deleted while it is read is no error: it is gone', { timeout: 60_000 }, async (t) => {
  const [engine, root, pair] = [newEngine(t), await newFolder(t), await tfjsPair()];
  const folders = await folderOf(pair, root, 'tfjs', 2);
  for (const folder of folders) await writeWhole(folder, pair.nets[0]);
  const [run] = findRuns(
    folders.map((folder) => join(folder, pair.model)),
    basename,
  );
  assert(run);
  const told = new Set<string>();
  let deleting: Promise<void> | undefined;
  const desk: Desk = new Desk(run, [], {
    ...{ engine, store: await newFolder(t), budget: () => 1, gotWhole: () => {}, gotFrames: () => {}, keep: () => {} },
    changed: () => {
      for (const { name, reading } of desk.checkpoints) {
        told.add(`${name} ${reading.state}`);
        if (name === 'epoch_2' && reading.state === 'running') deleting ??= rm(folders[1]!, { recursive: true });
      }
    },
    isStill: (file) => watcher.isStill(file),
  });
  const watcher = new RunWatcher(run, (files) => desk.files(files));
  t.after(() => [watcher.dispose(), desk.dispose()]);
  desk.ask({ probes: images.map((path) => ({ path, name: path, pinned: true })), masks: {}, choice, set: undefined });
  watcher.start();
  desk.setAwake(true);
  const isOver = () => desk.checkpoints.length === 1 && desk.checkpoints[0]?.reading.state === 'done';
  for (const began = performance.now(); !(deleting && isOver()) && performance.now() - began < 30_000; ) await sleep(50);
  assert.deepEqual(
    desk.checkpoints.map(({ name, reading }) => [name, reading.state]),
    [['epoch_1', 'done']],
  );
  assert(told.has('epoch_2 running'));
  assert.deepEqual(
    [...told].filter((each) => each.endsWith(' failed')),
    [],
  );
});
