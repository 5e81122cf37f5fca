import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Stores } from '../../src/host/datasets/stores.ts';

test('each data set has a folder of its own, always the same; all that were collected are found', async (t) => {
  const storage = mkdtempSync(join(tmpdir(), 'glassbox-stores-'));
  t.after(() => rmSync(storage, { recursive: true, force: true }));
  const stores = new Stores(storage);
  assert.deepEqual(await stores.all(), []);
  const folders = ['', '/data/a', '/data/b'].map((dataset) => stores.of(dataset));
  assert.equal(new Set(folders).size, 3);
  assert.deepEqual(
    ['', '/data/a', '/data/b'].map((dataset) => new Stores(storage).of(dataset)),
    folders,
  );
  for (const folder of folders) assert.ok(folder.startsWith(join(storage, 'datasets')));
  for (const folder of folders.slice(0, 2)) mkdirSync(folder, { recursive: true });
  writeFileSync(join(storage, 'datasets', 'note.txt'), '');
  assert.deepEqual((await stores.all()).sort(), folders.slice(0, 2).sort());
});
