import assert from 'node:assert/strict';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
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
  }
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const found = findRuns(
    Object.keys(files).map((name) => join(folder, name)),
    (path) => path,
  );
  assert.equal(found.length, 8);
  const runs = await rankRuns(found);
  assert.deepEqual(runs.map((run) => basename(run.folder)).sort(), ['begun', 'empty', 'epochs', 'nets', 'tfjs', 'weights']);
});
