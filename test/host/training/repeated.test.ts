import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Repeated } from '../../../src/host/training/repeated.ts';

test('never twice at once, and once more for all who asked meanwhile', async () => {
  let [running, most, times] = [0, 0, 0];
  const work = new Repeated(async () => {
    most = Math.max(most, ++running);
    times++;
    await sleep(20);
    running--;
  });
  const first = work.run();
  await sleep(5);
  await Promise.all([work.run(), work.run(), first]);
  assert.deepEqual([most, times], [1, 2]);
  await work.run();
  assert.equal(times, 3);
});
