/** The engine as the editor runs it: a forked process, asked over messages. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { methods } from '../../src/explain/methods/index.ts';
import { ModelError } from '../../src/shared/errors.ts';
import type { EngineCalls, MapProgress } from '../../src/shared/protocol.ts';
import { type Client, createClient } from '../../src/shared/rpc.ts';
import { newFolder, writeClassifier, writePicture } from '../support/engineCalls.ts';

const entry = fileURLToPath(new URL('../../src/engine/main.ts', import.meta.url));

function start(t: TestContext): { child: ChildProcess; client: Client<EngineCalls> } {
  const child = fork(entry, { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  t.after(() => child.kill('SIGKILL'));
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

async function subject(t: TestContext, side = 8) {
  const folder = await newFolder(t);
  const [model, image] = await Promise.all([
    writeClassifier(folder, { input: ['N', 3, side, side] }),
    writePicture(join(folder, 'picture.png')),
  ]);
  return { model, image };
}

test('calls, progress and cancel over process messages', { timeout: 30_000 }, async (t) => {
  const { client } = start(t);
  const { model, image } = await subject(t);
  await client.call('configure', { engine: 'onnxruntime', cacheBytes: 2 ** 26 });
  assert.deepEqual(
    (await client.call('methods', {})).map((m) => m.id),
    methods.map((m) => m.info.id),
  );
  const { logits, fed } = await client.call('predict', { model, image });
  assert.ok(logits instanceof Float32Array && logits.length === 5);
  assert.ok(fed.png instanceof Uint8Array && fed.png.length > 50);
  const request = { method: 'occlusion', params: { window: 1, stride: 1 } };
  const cancel = new AbortController();
  const onProgress = () => cancel.abort();
  await assert.rejects(client.call('explain', { model, image, request }, { signal: cancel.signal, onProgress }), { code: 'cancelled' });
  const steps: MapProgress[] = [];
  // Another covering value: the cancelled job may have been done, and its answers kept, before the cancel reached the engine.
  const other = { ...request, params: { ...request.params, baseline: 0.5 } };
  const map = await client.call('explain', { model, image, request: other }, { onProgress: (step) => void steps.push(step) });
  assert.equal(steps.length, 4);
  const partial = steps.find((step) => step.partial)?.partial?.values;
  assert.ok(partial?.some(Number.isNaN));
  assert.deepEqual(
    partial?.filter((v, i) => !Number.isNaN(v) && v !== map.values[i]),
    new Float32Array(0),
  );
  await assert.rejects(client.call('explain', { model, image, request: { method: 'grad-cam', layer: 'nowhere' } }), {
    name: 'ModelError',
    code: 'method',
    file: model,
    where: 'nowhere',
    hint: /glassbox layers/,
  });
});

test('killed in the middle of a job: the caller hears of it; without its host it ends', { timeout: 30_000 }, async (t) => {
  const { child, client } = start(t);
  // 4096 windows: far from done when the first batch is reported.
  const { model, image } = await subject(t, 64);
  const request = { method: 'occlusion', params: { window: 1, stride: 1 } };
  const job = client.call('explain', { model, image, request }, { onProgress: () => void child.kill('SIGKILL') });
  await assert.rejects(job, { code: 'engine', message: 'gone' });
  const next = start(t);
  assert.equal((await next.client.call('predict', { model, image })).logits.length, 5);
  next.child.disconnect();
  const [code] = await once(next.child, 'exit');
  assert.equal(code, 0);
});
