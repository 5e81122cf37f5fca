import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MessageEnd, servePages } from '../../src/host/ports.ts';
import type { Call } from '../../src/shared/protocol.ts';
import { serve } from '../../src/shared/rpc.ts';

type Calls = { ready: Call<Record<string, never>, string>; slow: Call<Record<string, never>, string> };

/** A webview as the host sees it; `arrived`: what was posted to the page on screen. */
function fakeWebview() {
  const arrived: unknown[] = [];
  let hear: (message: unknown) => void = () => {};
  const webview: MessageEnd = {
    postMessage: async (message) => arrived.push(message) > 0,
    onDidReceiveMessage(callback) {
      hear = callback;
      return { dispose() {} };
    },
  };
  return { webview, arrived, say: (message: unknown) => hear(message) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a reply for an older page never reaches the one after it, though both count their calls from one', async () => {
  const { webview, arrived, say } = fakeWebview();
  const waiting: ((value: string) => void)[] = [];
  let page = 0;
  servePages(webview, (port) => {
    const name = `page ${++page}`;
    const slow = () => new Promise<string>((resolve) => waiting.push(() => resolve(`slow for ${name}`)));
    serve<Calls>(port, { ready: async () => name, slow });
  });
  say({ rpc: 'call', id: 1, method: 'ready', params: {} });
  say({ rpc: 'call', id: 2, method: 'slow', params: {} });
  await turn();
  say({ rpc: 'call', id: 1, method: 'ready', params: {} });
  say({ rpc: 'call', id: 2, method: 'slow', params: {} });
  await turn();
  for (const resolve of waiting) resolve('');
  await turn();
  assert.deepEqual(arrived, [
    { rpc: 'result', id: 1, value: 'page 1' },
    { rpc: 'result', id: 1, value: 'page 2' },
    { rpc: 'result', id: 2, value: 'slow for page 2' },
  ]);
});

test('nothing is posted before a page has said that it is there', async () => {
  const { webview, arrived, say } = fakeWebview();
  const pages = servePages(webview, (port) => serve<Calls>(port, { ready: async () => 'r', slow: async () => 's' }));
  pages.port.post('too early');
  say({ rpc: 'call', id: 1, method: 'slow', params: {} });
  await turn();
  assert.deepEqual(arrived, []);
  say({ rpc: 'call', id: 1, method: 'ready', params: {} });
  await turn();
  pages.port.post('event');
  assert.deepEqual(arrived, [{ rpc: 'result', id: 1, value: 'r' }, 'event']);
  pages.dispose();
  pages.port.post('too late');
  assert.equal(arrived.length, 2);
});
