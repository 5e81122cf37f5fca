import assert from 'node:assert/strict';
import { glob, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Find, findModelFiles } from '../../../src/host/training/runs/modelFiles.ts';
import { newFolder } from '../../support/engineCalls.ts';

const most = 60;
const globs = ['**/model.json', '**/*.onnx', '**/*.h5'];

test('a flood of data hides no checkpoint, and the search finds the same each time', async (t) => {
  const folder = await newFolder(t);
  const write = async (...names: readonly string[]) => {
    for (const name of names) {
      const path = join(folder, name);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, '');
    }
  };
  const models = ['ck/net_1.onnx', 'ck/Epoch03.h5', 'ck/epoch_1/model.json', 'ck/epoch_1/net/whole.h5', 'cp.weights.h5'];
  await write(...models, 'other/net.h5');
  const searches: string[] = [];
  // Which of too many it answers is another one each time, as with the editor's search.
  const find: Find = async (pattern, limit) => {
    searches.push(pattern);
    const all: string[] = [];
    for await (const path of glob(pattern, { cwd: folder })) all.push(path);
    return searches.length % 2 === 0 ? all.slice(0, limit) : all.reverse().slice(0, limit);
  };
  assert.deepEqual([...(await findModelFiles(globs, find, most))].sort(), [...models, 'other/net.h5'].sort());
  assert.equal(searches.length, 1);
  await write(...Array.from({ length: most + 20 }, (_, n) => `data/volume_${n % 90}_slice_${n}.h5`));
  for (let n = 0; n < 2; n++) assert.deepEqual([...(await findModelFiles(globs, find, most))].sort(), [...models].sort());
  assert.deepEqual(await findModelFiles([], find), []);
});
