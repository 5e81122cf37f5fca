import assert from 'node:assert/strict';
import { watch } from 'node:fs';
import { mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeModel } from '../../../src/formats/onnx/write.ts';
import type { CheckpointFile, FoundRun } from '../../../src/host/training/runs/checkpointFile.ts';
import { findRuns } from '../../../src/host/training/runs/findRuns.ts';
import { type Disk, realDisk } from '../../../src/host/training/watch/disk.ts';
import { type Hints, RunWatcher, type WatchOptions } from '../../../src/host/training/watch/runWatcher.ts';
import { WatchMemory } from '../../../src/host/training/watch/watchMemory.ts';
import { newFolder } from '../../support/engineCalls.ts';
import { classifier } from '../../support/onnxModels.ts';

const model = encodeModel(classifier());

/** What happens to the disk, counted. */
class CountedDisk implements Disk {
  calls = 0;
  /** Thrown for paths that match. */
  failing: { pattern: RegExp; code: string } | undefined;

  #count(path: string): void {
    this.calls++;
    if (this.failing?.pattern.test(path)) throw Object.assign(new Error(this.failing.code), { code: this.failing.code, path });
  }

  async stat(path: string, fresh?: boolean) {
    this.#count(path);
    return await realDisk.stat(path, fresh);
  }

  async list(folder: string) {
    this.#count(folder);
    return await realDisk.list(folder);
  }

  async open(path: string) {
    this.#count(path);
    return await realDisk.open(path);
  }
}

interface Watched {
  watcher: RunWatcher;
  disk: CountedDisk;
  /** What was told last, `name` or `name …why`; how often something was. */
  readonly now: string[];
  readonly files: readonly CheckpointFile[];
  readonly times: number;
  /** Waits until that is told; fails after so many ms. */
  until(expected: readonly string[] | ((now: readonly string[]) => boolean), ms?: number): Promise<void>;
}

function watched(t: TestContext, run: FoundRun, options: WatchOptions = {}): Watched {
  const disk = new CountedDisk();
  let files: readonly CheckpointFile[] = [];
  let times = 0;
  const told = (all: readonly CheckpointFile[]) => {
    files = all;
    times++;
  };
  const watcher = new RunWatcher(run, told, { disk, ...options });
  t.after(() => watcher.dispose());
  const describe = () => files.map(({ name, complete, why }) => (complete ? name : `${name} …${why}`));
  return {
    ...{ watcher, disk },
    get now() {
      return describe();
    },
    get files() {
      return files;
    },
    get times() {
      return times;
    },
    async until(expected, ms = 8_000) {
      const is = typeof expected === 'function' ? expected : (now: readonly string[]) => now.join('|') === expected.join('|');
      for (const began = performance.now(); !is(describe()); await sleep(10))
        if (performance.now() - began > ms) assert.fail(`after ${ms} ms: ${describe().join(' | ')}`);
    },
  };
}

function runIn(folder: string, paths: readonly string[]): FoundRun {
  const [run] = findRuns(
    paths.map((path) => join(folder, path)),
    basename,
  );
  assert(run);
  return run;
}

/** ckpt-1.onnx … ckpt-N.onnx */
async function checkpoints(folder: string, count: number): Promise<FoundRun> {
  const names = Array.from({ length: count }, (_, i) => `ckpt-${i + 1}.onnx`);
  for (const name of names) await writeFile(join(folder, name), model);
  return runIn(folder, names);
}

/** Hints as an operating system gives them. */
const fsHints: Hints = (folder, isDeep, touched) => {
  const watcher = watch(folder, { recursive: isDeep }, (_, name) => touched(join(folder, name ?? '')));
  return { dispose: () => watcher.close() };
};

// They wait most of the time.
suite('watching a run', { concurrency: 6 }, () => {
  for (const [how, hints] of [
    ['with hints', fsHints],
    ['with hints that never come', () => ({ dispose() {} })],
    [
      'where watching fails',
      () => {
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      },
    ],
    ['without hints', undefined],
  ] as const) {
    test(`${how}: new, rewritten, half-written and deleted checkpoints are noticed`, async (t) => {
      const folder = await newFolder(t);
      const seen = watched(t, await checkpoints(folder, 2), { hints });
      seen.watcher.start();
      await seen.until(['ckpt-1', 'ckpt-2']);
      await writeFile(join(folder, 'ckpt-10.onnx'), model.subarray(0, 300));
      await seen.until(['ckpt-1', 'ckpt-2', 'ckpt-10 …ckpt-10.onnx ends in the middle.']);
      await writeFile(join(folder, 'ckpt-10.onnx'), model);
      await seen.until(['ckpt-1', 'ckpt-2', 'ckpt-10']);
      assert.deepEqual(
        seen.files.map(({ at, bytes }) => [at, bytes]),
        [1, 2, 10].map((at) => [at, model.length]),
      );
      const before = seen.files[0]!.stamp;
      await writeFile(join(folder, 'ckpt-1.onnx'), model);
      await seen.until(() => seen.files[0]?.complete === true && seen.files[0].stamp !== before);
      await rm(join(folder, 'ckpt-2.onnx'));
      await seen.until(['ckpt-1', 'ckpt-2 …ckpt-2.onnx is not there.', 'ckpt-10']);
      await seen.until(['ckpt-1', 'ckpt-10']);
    });
  }

  test('told only when something changed, never by two looks at once, and nothing is told where nothing happens', async (t) => {
    const folder = await newFolder(t);
    const seen = watched(t, await checkpoints(folder, 3));
    seen.watcher.start();
    seen.watcher.start();
    await seen.until(['ckpt-1', 'ckpt-2', 'ckpt-3']);
    const { times } = seen;
    assert(times <= 4, `${times}`);
    await sleep(2_500);
    assert.equal(seen.times, times);
  });

  test('after stop the disk is left alone; start catches up', async (t) => {
    const folder = await newFolder(t);
    const seen = watched(t, await checkpoints(folder, 2), { hints: fsHints });
    seen.watcher.start();
    await seen.until(['ckpt-1', 'ckpt-2']);
    seen.watcher.stop();
    const { calls } = seen.disk;
    await writeFile(join(folder, 'ckpt-3.onnx'), model);
    await rm(join(folder, 'ckpt-1.onnx'));
    await sleep(2_500);
    assert.equal(seen.disk.calls, calls);
    assert.deepEqual(seen.now, ['ckpt-1', 'ckpt-2']);
    seen.watcher.start();
    await seen.until((now) => now.includes('ckpt-3'), 1_500);
    await seen.until(['ckpt-2', 'ckpt-3']);
  });

  test('stopped in the middle of a look: nothing more is asked, and the next start tells everything', async (t) => {
    const folder = await newFolder(t);
    const seen = watched(t, await checkpoints(folder, 60));
    seen.watcher.start();
    while (seen.disk.calls < 10) await sleep(0);
    seen.watcher.stop();
    await sleep(200);
    const { calls } = seen.disk;
    assert(calls < 60, `${calls}`);
    await sleep(300);
    assert.equal(seen.disk.calls, calls);
    assert.equal(seen.times, 0);
    seen.watcher.start();
    await seen.until((now) => now.length === 60 && now.at(-1) === 'ckpt-60');
  });

  test('a polling look at 200 checkpoints asks for few of them, and over time for all', async (t) => {
    const folder = await newFolder(t);
    const seen = watched(t, await checkpoints(folder, 200));
    seen.watcher.start();
    await seen.until((now) => now.length === 200 && now.every((each) => !each.includes('…')));
    await sleep(100);
    const [calls, began, cpu] = [seen.disk.calls, performance.now(), process.cpuUsage()];
    await sleep(8_200);
    const { user, system } = process.cpuUsage(cpu);
    const perPoll = (seen.disk.calls - calls) / Math.round((performance.now() - began) / 2_000);
    t.diagnostic(`${perPoll} calls for each poll, ${((user + system) / 1000 / 4).toFixed(1)} ms of the processor`);
    assert(perPoll > 1 && perPoll <= 30, `${perPoll}`);
  });

  test('one in the middle of 200 that is rewritten is noticed by a hint at once', async (t) => {
    const folder = await newFolder(t);
    const seen = watched(t, await checkpoints(folder, 200), { hints: fsHints });
    seen.watcher.start();
    await seen.until((now) => now.length === 200 && now.every((each) => !each.includes('…')));
    const began = performance.now();
    await truncate(join(folder, 'ckpt-100.onnx'), 100);
    await seen.until((now) => now[99]!.includes('ends in the middle'), 1_500);
    t.diagnostic(`noticed after ${Math.round(performance.now() - began)} ms`);
  });

  test('what was complete before is complete at once in the next watch, unless it was written to', async (t) => {
    const folder = await newFolder(t);
    const [run, memory] = [await checkpoints(folder, 3), new WatchMemory()];
    const first = watched(t, run, { memory });
    first.watcher.start();
    await first.until(['ckpt-1', 'ckpt-2', 'ckpt-3']);
    first.watcher.dispose();
    await writeFile(join(folder, 'ckpt-2.onnx'), model);
    const second = watched(t, run, { memory });
    second.watcher.start();
    await second.until((now) => now.length > 0);
    assert.deepEqual(second.now, ['ckpt-1', 'ckpt-2 …It was written to a moment ago.', 'ckpt-3']);
  });

  test('isStill: true where nothing was written, else what there is has been told', async (t) => {
    const folder = await newFolder(t);
    const seen = watched(t, await checkpoints(folder, 2));
    seen.watcher.start();
    await seen.until(['ckpt-1', 'ckpt-2']);
    const [file] = seen.files as [CheckpointFile];
    assert.equal(await seen.watcher.isStill(file), true);
    await writeFile(file.path, model);
    await utimes(file.path, new Date(file.modified), new Date(file.modified));
    assert.equal(await seen.watcher.isStill(file), false);
    assert.deepEqual(seen.now, ['ckpt-1 …It was written to a moment ago.', 'ckpt-2']);
    seen.watcher.stop();
    assert.equal(await seen.watcher.isStill(seen.files[1]!), false);
  });

  test('written under a temporary name and renamed: there when it is renamed, complete soon after', async (t) => {
    const folder = await newFolder(t);
    const seen = watched(t, await checkpoints(folder, 1), { hints: fsHints });
    seen.watcher.start();
    await seen.until(['ckpt-1']);
    await writeFile(join(folder, 'ckpt-2.tmp.onnx'), model.subarray(0, 10));
    await writeFile(join(folder, 'ckpt-2.onnx.part'), model);
    await sleep(300);
    assert.deepEqual(seen.now, ['ckpt-1']);
    await rename(join(folder, 'ckpt-2.onnx.part'), join(folder, 'ckpt-2.onnx'));
    await seen.until(['ckpt-1', 'ckpt-2'], 3_000);
  });

  test('a file that is removed and written anew is not lost in between', async (t) => {
    const folder = await newFolder(t);
    const seen = watched(t, await checkpoints(folder, 1), { hints: fsHints });
    seen.watcher.start();
    await seen.until(['ckpt-1']);
    await rm(join(folder, 'ckpt-1.onnx'));
    await seen.until(['ckpt-1 …ckpt-1.onnx is not there.']);
    await writeFile(join(folder, 'ckpt-1.onnx'), model);
    await seen.until(['ckpt-1']);
    assert(seen.times >= 4);
  });

  test('folders: names with spaces, letters of other scripts and glob characters, behind a link', async (t) => {
    const folder = await newFolder(t);
    const real = join(folder, 'läufe [1] {a,b} 学習 *');
    await mkdir(real);
    await symlink(real, join(folder, 'link'));
    for (const root of [real, join(folder, 'link')]) {
      await rm(join(real, 'epoch 3'), { recursive: true, force: true });
      for (const name of ['epoch 1', 'epoch 2']) {
        await mkdir(join(real, name), { recursive: true });
        await writeFile(join(real, name, 'netz ä.onnx'), model);
      }
      const seen = watched(t, runIn(root, ['epoch 1/netz ä.onnx', 'epoch 2/netz ä.onnx']), { hints: fsHints });
      seen.watcher.start();
      await seen.until(['epoch 1', 'epoch 2']);
      await mkdir(join(real, 'epoch 3'));
      await sleep(150);
      await writeFile(join(real, 'epoch 3', 'netz ä.onnx'), model);
      await seen.until(['epoch 1', 'epoch 2', 'epoch 3']);
      seen.watcher.dispose();
    }
  });

  test('the whole folder is deleted, and comes back', async (t) => {
    const folder = await newFolder(t);
    const inside = join(folder, 'run');
    await mkdir(inside);
    const seen = watched(t, await checkpoints(inside, 3), { hints: fsHints });
    seen.watcher.start();
    await seen.until(['ckpt-1', 'ckpt-2', 'ckpt-3']);
    await rm(inside, { recursive: true });
    await seen.until([], 10_000);
    await mkdir(inside);
    await checkpoints(inside, 2);
    await seen.until(['ckpt-1', 'ckpt-2'], 10_000);
  });

  test('what may not be read says so, and is read when it may', async (t) => {
    const folder = await newFolder(t);
    const seen = watched(t, await checkpoints(folder, 2));
    seen.disk.failing = { pattern: /ckpt-2/, code: 'EACCES' };
    seen.watcher.start();
    await seen.until(['ckpt-1', 'ckpt-2 …ckpt-2.onnx cannot be read: permission denied.']);
    seen.disk.failing = undefined;
    await seen.until(['ckpt-1', 'ckpt-2']);
    seen.disk.failing = { pattern: /^[^.]*$/, code: 'EACCES' };
    await sleep(2_200);
    assert.deepEqual(seen.now, ['ckpt-1', 'ckpt-2'], 'a folder that cannot be listed loses nothing');
  });

  test('a file that is overwritten in place', async (t) => {
    const folder = await newFolder(t);
    const path = join(folder, 'latest.onnx');
    await writeFile(path, model);
    const run: FoundRun = {
      id: `file ${path}`,
      kind: 'file',
      label: 'latest',
      axis: 'version',
      folder,
      files: [{ path, name: 'latest', at: 0 }],
    };
    const seen = watched(t, run);
    seen.watcher.start();
    await seen.until(['latest']);
    const { stamp } = seen.files[0]!;
    await rm(path);
    await seen.until([], 9_000);
    await writeFile(path, model);
    await seen.until(['latest']);
    assert.notEqual(seen.files[0]?.stamp, stamp);
  });

  test('a second checkpoint in one epoch: steps count from then on', async (t) => {
    const folder = await newFolder(t);
    const names = ['epoch=0-step=100.onnx', 'epoch=1-step=200.onnx'];
    for (const name of names) await writeFile(join(folder, name), model);
    const seen = watched(t, runIn(folder, names));
    seen.watcher.start();
    await seen.until((now) => now.length === 2);
    assert.deepEqual(
      seen.files.map(({ at }) => at),
      [0, 1],
    );
    await writeFile(join(folder, 'epoch=1-step=250.onnx'), model);
    await seen.until((now) => now.length === 3);
    assert.deepEqual(
      seen.files.map(({ at }) => at),
      [100, 200, 250],
    );
  });

  test('hints about other files are not acted on; those about the weights beside a watched file are', async (t) => {
    const folder = await newFolder(t);
    const path = join(folder, 'model.json');
    await writeFile(path, JSON.stringify({ weightsManifest: [{ paths: ['weights.bin'], weights: [{ shape: [2], dtype: 'float32' }] }] }));
    await writeFile(join(folder, 'weights.bin'), new Uint8Array(8));
    const file: FoundRun = { id: 'file', kind: 'file', label: '', axis: 'version', folder, files: [{ path, name: 'm', at: 0 }] };
    let hint: (path: string) => void = () => {};
    const hints: Hints = (_folder, _isDeep, touched) => {
      hint = touched;
      return { dispose() {} };
    };
    const seen = watched(t, file, { hints });
    seen.watcher.start();
    await seen.until(['m']);
    // Right after a poll there is time before the next one.
    const { calls } = seen.disk;
    while (seen.disk.calls === calls) await sleep(10);
    await sleep(50);
    const before = seen.disk.calls;
    for (const other of ['notes.txt', 'deep/down/weights.bin', 'images/cat.png']) hint(join(folder, other));
    await sleep(300);
    assert.equal(seen.disk.calls, before);
    await truncate(join(folder, 'weights.bin'), 4);
    hint(join(folder, 'weights.bin'));
    await seen.until(['m …weights.bin has 4 of 8 bytes.'], 900);
  });
});
