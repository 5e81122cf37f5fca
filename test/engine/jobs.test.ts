import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobQueue } from '../../src/engine/jobs.ts';

const never = new AbortController().signal;

/** A promise with its switch. */
function gate(): { opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test('jobs of one tick start by priority, then in order of arrival', async () => {
  const queue = new JobQueue();
  const order: string[] = [];
  const job = (name: string, priority: number) => queue.run(priority, never, async () => void order.push(name));
  await Promise.all([job('low 1', -1), job('middle', 0), job('low 2', -1), job('high', 5)]);
  assert.deepEqual(order, ['high', 'middle', 'low 1', 'low 2']);
});

test('one job at a time; an urgent one that comes later goes before those that wait', async () => {
  const queue = new JobQueue();
  const first = gate();
  let running = 0;
  let most = 0;
  const order: string[] = [];
  const job = (name: string, priority: number, until: Promise<void> = Promise.resolve()) =>
    queue.run(priority, never, async () => {
      order.push(name);
      most = Math.max(most, ++running);
      await until;
      running--;
    });
  const all = [job('first', 0, first.opened), job('second', 0)];
  await new Promise(setImmediate);
  all.push(job('urgent', 1));
  first.open();
  await Promise.all(all);
  assert.deepEqual(order, ['first', 'urgent', 'second']);
  assert.equal(most, 1);
});

test('a job cancelled before its start never starts, and the next one runs', async () => {
  const queue = new JobQueue();
  const first = gate();
  const cancel = new AbortController();
  const running = queue.run(0, never, () => first.opened);
  let started = false;
  const waiting = queue.run(0, cancel.signal, async () => {
    started = true;
  });
  const last = queue.run(0, never, async () => 'done');
  cancel.abort();
  await assert.rejects(waiting, { code: 'cancelled' });
  first.open();
  await running;
  assert.equal(await last, 'done');
  assert.equal(started, false);
  await assert.rejects(
    queue.run(0, cancel.signal, async () => assert.fail('started')),
    { code: 'cancelled' },
  );
});

test('cancelling a job that runs frees its caller at once; the next job waits for its end', async () => {
  const queue = new JobQueue();
  const first = gate();
  const cancel = new AbortController();
  let ended = false;
  const running = queue.run(0, cancel.signal, async () => {
    await first.opened;
    ended = true;
  });
  const next = queue.run(0, never, async () => ended);
  await new Promise(setImmediate);
  cancel.abort();
  await assert.rejects(running, { code: 'cancelled' });
  assert.equal(ended, false, 'the caller did not wait');
  first.open();
  assert.equal(await next, true, 'the next job did');
});

test('an error ends its own job only', async () => {
  const queue = new JobQueue();
  const broken = queue.run(0, never, () => Promise.reject(new Error('broken')));
  const thrown = queue.run(0, never, () => {
    throw new Error('thrown');
  });
  const fine = queue.run(0, never, async () => 1);
  await assert.rejects(broken, /broken/);
  await assert.rejects(thrown, /thrown/);
  assert.equal(await fine, 1);
});
