import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EngineClient, type EngineOptions } from '../../src/host/engineClient.ts';
import { ModelError } from '../../src/shared/errors.ts';

const entry = fileURLToPath(new URL('fakeEngine.ts', import.meta.url));
const open: EngineClient[] = [];

function client(options: Partial<EngineOptions> = {}): { engine: EngineClient; log: string[] } {
  const log: string[] = [];
  const keep = (line: string) => void log.push(line);
  const engine = new EngineClient({
    entry,
    configuration: () => ({ engine: 'auto', cacheBytes: 5 }),
    log: { info: keep, warn: keep, error: keep },
    ...options,
  });
  open.push(engine);
  return { engine, log };
}

afterEach(() => {
  for (const engine of open.splice(0)) engine.dispose();
  delete process.env['FAKE_ENGINE'];
  delete process.env['NODE_OPTIONS'];
});

async function ask(engine: EngineClient): Promise<{ pid: number; configuration: unknown; options: unknown }> {
  return JSON.parse((await engine.call('open', { model: 'm' })).name);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  for (let tries = 0; isAlive(pid); tries++) {
    assert(tries < 100, `process ${pid} is still there`);
    await sleep(20);
  }
}

const crash = { model: '/m/model.json', image: '/pictures/cat.png', request: { method: 'grad-cam' } };

test('starts on the first call, with the configuration, without NODE_OPTIONS, and prints into the log', async () => {
  process.env['NODE_OPTIONS'] = '--no-warnings';
  const { engine, log } = client();
  assert(!engine.pid);
  const [first, second] = await Promise.all([ask(engine), ask(engine)]);
  assert.deepEqual(first, { pid: engine.pid, configuration: { engine: 'auto', cacheBytes: 5 }, options: null });
  assert.equal(second.pid, first.pid);
  assert(log.includes('engine: fake engine runs'), log.join('\n'));
});

test('a crash names the signal and what was under way; the next call works in a new process', async () => {
  const ended: ModelError[] = [];
  const { engine } = client({ ended: (reason) => ended.push(reason) });
  const { pid } = await ask(engine);
  const other = engine.call('open', { model: 'hang' });
  const results = await Promise.allSettled([engine.call('explain', crash), other]);
  const [message, otherMessage] = results.map((each) => each.status === 'rejected' && (each.reason as ModelError).message);
  assert.equal(message, 'The engine process ended unexpectedly (signal SIGSEGV) while explaining cat.png.');
  assert.equal(otherMessage, 'The engine process ended unexpectedly (signal SIGSEGV) while opening hang.');
  assert.equal(ended.length, 1);
  assert.notEqual((await ask(engine)).pid, pid);
});

test('an engine that does not start says why, is not tried without end, and is tried again after a restart', async () => {
  process.env['FAKE_ENGINE'] = 'dies';
  const { engine, log } = client();
  const message = 'The engine process does not start (exit code 7): Error: Cannot find the library libfake.so.1.';
  for (let i = 0; i < 5; i++) {
    await assert.rejects(ask(engine), (error) => {
      assert(error instanceof ModelError);
      assert.deepEqual([error.code, error.message], ['engine', message]);
      assert.match(error.hint ?? '', /Restart Engine/);
      return true;
    });
  }
  assert.equal(log.filter((line) => line.endsWith('starts.')).length, 2, 'the third try has to wait');
  delete process.env['FAKE_ENGINE'];
  await assert.rejects(ask(engine), { message });
  engine.restart();
  assert.equal(typeof (await ask(engine)).pid, 'number');
});

test('a program that is not there is an engine error too', async () => {
  const { engine } = client({ entry: `${entry}.missing` });
  await assert.rejects(ask(engine), { code: 'engine', message: /does not start \(exit code 1\): Error: Cannot find module/ });
});

test('settings the engine refuses are the error of the call; other settings get another process', async () => {
  process.env['FAKE_ENGINE'] = 'refuses';
  const { engine } = client();
  await assert.rejects(ask(engine), { code: 'engine', message: 'This engine is not installed.' });
  delete process.env['FAKE_ENGINE'];
  assert.equal(typeof (await ask(engine)).pid, 'number');
});

test('cancelling rejects at once, even while the engine starts', async () => {
  const { engine } = client();
  const controller = new AbortController();
  const call = engine.call('open', { model: 'hang' }, { signal: controller.signal });
  controller.abort();
  await assert.rejects(call, { code: 'cancelled' });
});

test('ends when idle and starts again when needed', async () => {
  const { engine } = client({ idle: 30 });
  const { pid } = await ask(engine);
  await gone(pid);
  assert.equal(engine.pid, undefined);
  assert.notEqual((await ask(engine)).pid, pid);
});

test('does not end while a call is under way', async () => {
  const { engine } = client({ idle: 30 });
  const { pid } = await ask(engine);
  engine.call('open', { model: 'hang' }).catch(() => {});
  await sleep(150);
  assert.equal(engine.pid, pid);
});

test('restart ends jobs with a message that names them, and the process', async () => {
  const { engine } = client();
  const { pid } = await ask(engine);
  const waiting = engine.call('open', { model: 'hang' });
  await sleep(50);
  engine.restart();
  await assert.rejects(waiting, { message: 'The engine was restarted while opening hang.' });
  await gone(pid);
});

test('dispose ends the process for good', async () => {
  const { engine } = client();
  const { pid } = await ask(engine);
  engine.dispose();
  await gone(pid);
  await assert.rejects(ask(engine), { code: 'engine' });
});
