import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallContext } from '../../src/shared/rpc.ts';
import { SharedJobs } from '../../src/shared/sharedJobs.ts';

/** Work whose end and progress the test decides. */
function work() {
  let resolve: (value: string) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<string>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const state = { starts: 0, context: undefined as CallContext<number> | undefined };
  const run = (context: CallContext<number>) => {
    state.starts++;
    state.context = context;
    return promise;
  };
  return { run, state, resolve: (value: string) => resolve(value), reject: (error: Error) => reject(error) };
}

function caller() {
  const controller = new AbortController();
  const seen: number[] = [];
  return { controller, seen, context: { signal: controller.signal, progress: (value: number) => void seen.push(value) } };
}

test('the same work asked for twice runs once; both get progress and result', async () => {
  const jobs = new SharedJobs();
  const { run, state, resolve } = work();
  const [a, b] = [caller(), caller()];
  const first = jobs.run('k', a.context, run);
  state.context?.progress(1);
  const second = jobs.run('k', b.context, run);
  state.context?.progress(2);
  resolve('done');
  assert.deepEqual(await Promise.all([first, second]), ['done', 'done']);
  assert.deepEqual([state.starts, a.seen, b.seen], [1, [1, 2], [1, 2]]);
});

test('who comes later hears all of it where each report is a part of the result', async () => {
  const jobs = new SharedJobs();
  const { run, state, resolve } = work();
  const [a, b] = [caller(), caller()];
  const calls = [jobs.run('k', a.context, run, 'all')];
  state.context?.progress(1);
  state.context?.progress(2);
  calls.push(jobs.run('k', b.context, run, 'all'));
  state.context?.progress(3);
  resolve('done');
  await Promise.all(calls);
  assert.deepEqual(
    [a.seen, b.seen],
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
  );
});

test('work ends when the last caller cancels, not before', async () => {
  const jobs = new SharedJobs();
  const { run, state } = work();
  const [a, b] = [caller(), caller()];
  const calls = [jobs.run('k', a.context, run), jobs.run('k', b.context, run)];
  a.controller.abort();
  await assert.rejects(calls[0]!, { code: 'cancelled' });
  assert.equal(state.context?.signal.aborted, false);
  b.controller.abort();
  await assert.rejects(calls[1]!, { code: 'cancelled' });
  assert.equal(state.context?.signal.aborted, true);
});

test('after a cancel the same work starts anew', async () => {
  const jobs = new SharedJobs();
  const { run, state, resolve } = work();
  const a = caller();
  const cancelled = jobs.run('k', a.context, run);
  a.controller.abort();
  await assert.rejects(cancelled);
  const again = jobs.run('k', caller().context, run);
  resolve('done');
  assert.equal(await again, 'done');
  assert.equal(state.starts, 2);
});

test('a forsaken job goes on for the next caller, who alone can cancel it', async () => {
  const jobs = new SharedJobs();
  const { run, state } = work();
  void jobs.run('k', caller().context, run);
  state.context?.progress(0.5);
  jobs.forsake();
  const next = caller();
  const call = jobs.run('k', next.context, run);
  assert.deepEqual([state.starts, next.seen], [1, [0.5]]);
  next.controller.abort();
  await assert.rejects(call, { code: 'cancelled' });
  assert.equal(state.context?.signal.aborted, true);
});

test('prepared work is found by the first caller, its error too', async () => {
  const jobs = new SharedJobs();
  const { run, state, reject } = work();
  jobs.prepare('k', run as (context: CallContext<unknown>) => Promise<unknown>);
  const call = jobs.run('k', caller().context, run);
  reject(new Error('no'));
  await assert.rejects(call, { message: 'no' });
  assert.equal(state.starts, 1);
});

test('abort ends all work', () => {
  const jobs = new SharedJobs();
  const { run, state } = work();
  jobs.run('k', caller().context, run).catch(() => {});
  jobs.abort();
  assert.equal(state.context?.signal.aborted, true);
});
