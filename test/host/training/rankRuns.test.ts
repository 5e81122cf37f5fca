import assert from 'node:assert/strict';
import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { findRuns } from '../../../src/host/training/runs/findRuns.ts';
import { rankRuns } from '../../../src/host/training/runs/rankRuns.ts';
import { type Disk, realDisk } from '../../../src/host/training/watch/disk.ts';
import { newFolder } from '../../support/engineCalls.ts';
import { kerasFile } from '../../support/kerasFiles.ts';

test('runs written last come first; few of their files are asked', async (t) => {
  const folder = await newFolder(t);
  const paths: string[] = [];
  for (const [run, time] of Object.entries({ old: 1_000, new: 3_000, middle: 2_000 })) {
    await mkdir(join(folder, run));
    for (let n = 1; n <= 30; n++) {
      const path = join(folder, run, `ckpt-${n}.onnx`);
      await writeFile(path, '');
      // One of the first was written anew long after: what was written last has the highest number.
      await utimes(path, time, time + n);
      paths.push(path);
    }
  }
  let asked = 0;
  const disk: Disk = {
    ...realDisk,
    stat: async (path) => {
      asked++;
      return await realDisk.stat(path);
    },
  };
  const runs = await rankRuns(findRuns(paths, basename), disk);
  assert.deepEqual(
    runs.map((run) => basename(run.folder)),
    ['new', 'middle', 'old'],
  );
  assert(asked <= 12, `${asked}`);
});

test('numbered data sets and other JSON are no runs; what is half-written, or named by a word, stays', async (t) => {
  const folder = await newFolder(t);
  const h5 = kerasFile('functional.h5');
  // The same kind of file without an architecture in it.
  const data = Buffer.concat([h5.subarray(0, 96), Buffer.alloc(40_000)]);
  const files: Record<string, Uint8Array | string> = {};
  for (const n of [1, 2, 3]) {
    files[`data/set_${n}.h5`] = data;
    files[`nets/net_${n}.h5`] = h5;
    files[`json/thing_${n}/model.json`] = '{"car": "a model"}';
    files[`tfjs/net_${n}/model.json`] = '{"format": "layers-model", "modelTopology": {}}';
    files[`begun/net_${n}/model.json`] = n < 3 ? '{"format": "layers-model", "modelTopology": {}}' : '{"form';
    files[`empty/net_${n}.h5`] = n < 3 ? h5 : '';
    files[`epochs/epoch_${n}.h5`] = data;
    files[`weights/cp-${n}.weights.h5`] = data;
    files[`cifar/data_batch_${n}.h5`] = data;
    files[`batches/net_batch_${n}00.h5`] = h5;
  }
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const found = findRuns(
    Object.keys(files).map((name) => join(folder, name)),
    (path) => path,
  );
  assert.equal(found.length, 10);
  const runs = await rankRuns(found);
  assert.deepEqual(runs.map((run) => basename(run.folder)).sort(), ['batches', 'begun', 'empty', 'epochs', 'nets', 'tfjs', 'weights']);
});

test('a run that a link leads to as well is found once, by its own path', async (t) => {
  const folder = await newFolder(t);
  for (const run of ['2026-01-01', '2026-01-02']) {
    await mkdir(join(folder, 'runs', run, 'weights'), { recursive: true });
    for (const n of [1, 2]) await writeFile(join(folder, 'runs', run, 'weights', `epoch${n}.onnx`), '');
  }
  await symlink(join(folder, 'runs', '2026-01-02'), join(folder, 'runs', 'a-latest'));
  await mkdir(join(folder, 'elsewhere'));
  await writeFile(join(folder, 'elsewhere', 'epoch1.onnx'), '');
  await symlink(join(folder, 'elsewhere'), join(folder, 'runs', 'one'));
  await symlink(join(folder, 'elsewhere'), join(folder, 'runs', 'other'));
  const names = ['2026-01-01/weights', '2026-01-02/weights', 'a-latest/weights'].flatMap((name) => [
    `${name}/epoch1.onnx`,
    `${name}/epoch2.onnx`,
  ]);
  const paths = [...names, 'one/epoch1.onnx', 'other/epoch1.onnx'].map((name) => join(folder, 'runs', name));
  const runs = await rankRuns(findRuns(paths, (path) => path.slice(folder.length + 1)));
  assert.deepEqual(runs.map(({ label }) => label).sort(), [
    'runs/2026-01-01/weights/epoch*.onnx',
    'runs/2026-01-02/weights/epoch*.onnx',
    'runs/one/epoch*.onnx',
  ]);
});
