import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { processPort } from '../../src/host/ports.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { type Client, createClient, emit, onEvent, serve } from '../../src/shared/rpc.ts';
import { type FakeCalls, fakeHandlers } from './fakeCalls.ts';
import { portPair } from './ports.ts';

interface Connection {
  client: Client<FakeCalls>;
  close(): Promise<void> | void;
}

function inMemory(): Connection {
  const [near, far] = portPair();
  return { client: createClient<FakeCalls>(near), close: serve<FakeCalls>(far, fakeHandlers()) };
}

function forked(): Connection {
  const child = fork(fileURLToPath(new URL('fakeProcess.ts', import.meta.url)), [], { serialization: 'advanced', execArgv: [] });
  const close = async () => {
    child.kill();
    await once(child, 'exit');
  };
  return { client: createClient<FakeCalls>(processPort(child)), close };
}

const hasCode = (code: string) => (error: unknown) => error instanceof ModelError && error.code === code;

for (const [name, connect] of Object.entries({ 'ports in memory': inMemory, 'a forked process': forked })) {
  describe(`calls through ${name}`, () => {
    test('typed arrays arrive as they were', async () => {
      const { client, close } = connect();
      const result = await client.call('double', { values: Float32Array.of(1.5, Number.NaN, -0) });
      assert.deepEqual(result, Float32Array.of(3, Number.NaN, -0));
      assert.equal(result.buffer.byteLength, 12, 'nothing but the values crosses');
      await close();
    });

    test('a ModelError keeps code, file, place and hint', async () => {
      const { client, close } = connect();
      await assert.rejects(client.call('fail', { kind: 'model' }), (error) => {
        assert(error instanceof ModelError);
        const { code, message, file, where, hint } = error;
        assert.deepEqual([code, message, file, where, hint], ['shape', "Layer 'a' wants 3 channels.", 'm.onnx', 'a', 'Export it again.']);
        return true;
      });
      await close();
    });

    test("any other error arrives as 'internal' with its message", async () => {
      const { client, close } = connect();
      await assert.rejects(client.call('fail', { kind: 'plain' }), { code: 'internal', message: 'no model error' });
      await close();
    });

    test('progress arrives in order and before the result', async () => {
      const { client, close } = connect();
      const seen: unknown[] = [];
      const result = await client.call('count', { to: 3 }, { onProgress: (value) => seen.push(value) });
      seen.push(result);
      assert.deepEqual(seen, [1, 2, 3, 'counted to 3']);
      await close();
    });

    test('a cancelled call rejects at once and its work is told', async () => {
      const { client, close } = connect();
      const controller = new AbortController();
      const waiting = client.call('wait', {}, { signal: controller.signal });
      await client.call('aborted', {});
      controller.abort();
      await assert.rejects(waiting, hasCode('cancelled'));
      assert.equal(await client.call('aborted', {}), 1);
      await close();
    });

    test('a call with an aborted signal is never made', async () => {
      const { client, close } = connect();
      await assert.rejects(client.call('wait', {}, { signal: AbortSignal.abort() }), hasCode('cancelled'));
      assert.equal(await client.call('aborted', {}), 0);
      await close();
    });

    test('an unknown method is an error, inherited names too', async () => {
      const { client, close } = connect();
      for (const method of ['nothing', 'toString', '__proto__']) {
        await assert.rejects(client.call(method as 'wait', {}), { code: 'internal', message: `There is no call '${method}'.` });
      }
      await close();
    });

    test('closing rejects what is under way and what comes later with the reason', async () => {
      const { client, close } = connect();
      const waiting = client.call('wait', {});
      const reason = new ModelError('engine', 'Gone.');
      client.close(reason);
      await assert.rejects(waiting, reason);
      await assert.rejects(client.call('aborted', {}), reason);
      await close();
    });
  });
}

test('a server that stops aborts what is under way', async () => {
  const [near, far] = portPair();
  const handlers = fakeHandlers();
  const stop = serve<FakeCalls>(far, handlers);
  const client = createClient<FakeCalls>(near);
  const waiting = client.call('wait', {});
  await client.call('aborted', {});
  stop();
  assert.equal(await handlers.aborted({}, { signal: new AbortController().signal, progress() {} }), 1);
  client.close(new ModelError('engine', 'Gone.'));
  await assert.rejects(waiting);
});

test('frames of other origin are ignored', async () => {
  const [near, far] = portPair();
  serve<FakeCalls>(far, fakeHandlers());
  const client = createClient<FakeCalls>(near);
  for (const frame of [undefined, null, 'call', { type: 'call', id: 1 }, { rpc: 'result', id: 99, value: 1 }]) {
    near.post(frame);
    far.post(frame);
  }
  assert.equal(await client.call('count', { to: 0 }), 'counted to 0');
});

test('events reach the listeners of their name', async () => {
  const [near, far] = portPair();
  const seen: unknown[] = [];
  onEvent<{ a: number; b: number }, 'a'>(near, 'a', (value) => seen.push(value));
  emit<{ a: number; b: number }, 'b'>(far, 'b', 1);
  emit<{ a: number; b: number }, 'a'>(far, 'a', 2);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(seen, [2]);
});
