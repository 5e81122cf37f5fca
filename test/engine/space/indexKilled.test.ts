/** The engine's process is killed while it indexes: little is lost, and what follows is what would have been. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ModelError } from '../../../src/shared/errors.ts';
import type { EngineCalls } from '../../../src/shared/protocol.ts';
import { createClient } from '../../../src/shared/rpc.ts';
import { pictures } from '../../support/collecting.ts';
import { newFolder, writeClassifier } from '../../support/engineCalls.ts';
import { featuresIn, indexer } from '../../support/indexing.ts';

const entry = fileURLToPath(new URL('../../../src/engine/main.ts', import.meta.url));

function start() {
  const child = fork(entry, { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const client = createClient<EngineCalls>({
    post: (frame) => void child.send(frame as object),
    listen(callback) {
      child.on('message', callback);
      return () => child.off('message', callback);
    },
  });
  child.once('exit', () => client.close(new ModelError('engine', 'gone')));
  return { child, client };
}

test('kill -9: all that was told of is there, and going on gives what a fresh index gives', { timeout: 120_000 }, async (t) => {
  const [folder, store] = [await newFolder(t), await mkdtemp(join(tmpdir(), 'glassbox-killed-'))];
  t.after(() => rm(store, { recursive: true, force: true }));
  const model = await writeClassifier(folder);
  const images = await pictures(t, 400);
  let there = 0;
  let kills = 0;
  // Again and again, each time a little later.
  for (let done = false; !done; ) {
    const { child, client } = start();
    let told = 0;
    const run = client.call(
      'index',
      { model, store, images },
      {
        onProgress: (progress) => {
          told = progress.total === images.length - there ? progress.done : told;
          if (told > 60) child.kill('SIGKILL');
        },
      },
    );
    done = await run.then(
      () => true,
      () => false,
    );
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const { indexed } = await indexer(model, store).indexed(images);
    if (!done) {
      kills++;
      assert.ok(indexed >= there + told, `${indexed} are there; ${there} were before and ${told} told of`);
    }
    there = indexed;
  }
  assert.ok(kills > 0);
  assert.equal(there, images.length);
  const other = await newFolder(t);
  await indexer(model, other).index(images);
  const [continued, fresh] = [await featuresIn({ model, store }, images), await featuresIn({ model, store: other }, images)];
  assert.deepEqual(continued, fresh);
  assert.deepEqual(await indexer(model, store).thumbnails(images), await indexer(model, other).thumbnails(images));
});
