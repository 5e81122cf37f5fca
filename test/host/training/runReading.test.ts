/** What checkpoints say in short: worked out of what was read, and anew only where that is another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ReadCheckpoint, RunReading } from '../../../src/host/training/news/runReading.ts';
import type { WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { checkpoint, frames } from './made.ts';

const read = (at: number, predicted: readonly number[], notFinite: readonly number[] = []): ReadCheckpoint => ({
  checkpoint: checkpoint(at),
  frames: frames(`v${at}`, [0, 1, 2, 2], predicted, notFinite),
  whole: undefined,
});

test('accuracy, flips against the one read before, what is not finite', () => {
  const all = [read(1, [0, 1, 0, 0]), { ...read(2, []), frames: undefined }, read(3, [0, 0, 2, 2]), read(4, [0, 0, -1, 2], [2])];
  const reading = new RunReading(() => all);
  const first = reading.of(checkpoint(1).id);
  assert.deepEqual(first.accuracy, { share: 0.5, of: 'probes', count: 4 });
  assert.equal(first.since, undefined);
  const third = reading.of(checkpoint(3).id);
  assert.equal(third.since, 'epoch_01', 'the second one was not read');
  assert.deepEqual(third.becameWrong, ['/w/images/1.png']);
  assert.deepEqual([...third.becameRight].sort(), ['/w/images/2.png', '/w/images/3.png']);
  const fourth = reading.of(checkpoint(4).id);
  assert.equal(fourth.notFinite, 1);
  assert.deepEqual(fourth.accuracy, { share: 2 / 3, of: 'probes', count: 3 });
  assert.equal(reading.all().has(checkpoint(2).id), false);
});

test('the data set says more than the probes', () => {
  const whole = { accuracy: 0.9, labels: Int32Array.from([0, 1, -1]) } as unknown as WholeSet;
  const reading = new RunReading(() => [{ ...read(1, [0, 0, 0, 0]), whole }]);
  assert.deepEqual(reading.of(checkpoint(1).id).accuracy, { share: 0.9, of: 'data set', count: 2 });
});

test('nothing is worked out twice while progress is told of; what is new is', () => {
  let all = Array.from({ length: 200 }, (_, i) => read(i + 1, [0, 1, i % 3, 2]));
  const reading = new RunReading(() => all);
  const facts = reading.all();
  all = all.map((each) => ({
    ...each,
    checkpoint: { ...each.checkpoint, reading: { state: 'running', what: 'probes', done: 1, total: 12 } },
  }));
  assert.equal(reading.all(), facts);
  all = [...all, read(201, [1, 1, 1, 1])];
  assert.notEqual(reading.all(), facts);
  assert.equal(reading.of(checkpoint(201).id).accuracy?.share, 0.25);
});
