/** What a panel about two checkpoints says of them: found again after a reload, gone, of a run that is not followed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ComparedPair,
  comparisonKey,
  describeComparison,
  restoreComparison,
} from '../../../src/host/training/comparison/comparisonSubject.ts';
import type { Checkpoint, TrainingState } from '../../../src/shared/trainingProtocol.ts';

const run = { id: '/w/runs/a', kind: 'checkpoints', label: 'runs/a/epoch_*', axis: 'epoch', count: 3 } as const;

function checkpoint(at: number, patch: Partial<Checkpoint> = {}): Checkpoint {
  const name = `epoch_0${at}`;
  return {
    ...{ id: `/w/runs/a/${name}`, name, at, path: `/w/runs/a/${name}/model.json`, modified: 1, bytes: 2, reading: { state: 'done' } },
    ...{ version: `v${at}`, pinned: false, gone: false, ...patch },
  };
}

function stateOf(patch: Partial<TrainingState> = {}): TrainingState {
  return {
    ...{ generation: 1, following: 'on', runs: [run], run, checkpoints: [1, 2, 3].map((at) => checkpoint(at)), layers: [] },
    ...{ probes: [{ path: '/w/star.png', name: 'star.png', pinned: true }], choice: { request: { method: 'grad-cam' }, of: 'predicted' } },
    ...{ set: undefined, paused: false, notice: undefined, failure: undefined, ...patch },
  };
}

const named = (at: number) => ({ id: `/w/runs/a/epoch_0${at}`, name: `epoch_0${at}`, at });
const pair: ComparedPair = { run: { id: run.id, label: run.label }, from: named(1), to: named(3) };
const showing = { generation: 4, turn: undefined };
const describe = (state: TrainingState, of = pair) => describeComparison(of, showing, state);

test('what the page keeps finds run and checkpoints again; what is not ours does not', () => {
  const { restore } = describe(stateOf());
  assert.deepEqual(restoreComparison({ subject: { restore }, choices: {} }), pair);
  for (const other of [
    undefined,
    {},
    { subject: { restore: '{}' } },
    { subject: { restore: 'x' } },
    { subject: { restore: '{"run":{"id":"a","label":"b"},"from":1,"to":{}}' } },
  ])
    assert.equal(restoreComparison(other), undefined);
});

test('both are found, with all that were read to choose from', () => {
  const unread = checkpoint(2, { version: undefined });
  const subject = describe(stateOf({ checkpoints: [checkpoint(1), unread, checkpoint(3)] }));
  assert.deepEqual([subject.from.name, subject.to.name, subject.generation, subject.trouble], ['epoch_01', 'epoch_03', 4, undefined]);
  assert.deepEqual(
    subject.others.map(({ name }) => name),
    ['epoch_01', 'epoch_03'],
  );
});

test('before the first look at the folder nothing is gone; after it, what is not there is', () => {
  const before = describe(stateOf({ checkpoints: [] }));
  assert.deepEqual([before.from.gone, before.from.reading.state], [false, 'waiting']);
  const after = describe(stateOf({ checkpoints: [checkpoint(2), checkpoint(3)] }));
  assert.equal(after.from.gone, true);
  assert.equal(after.from.name, 'epoch_01');
  assert.match(after.from.reading.state === 'failed' ? after.from.reading.error.message : '', /epoch_01 is not in the run any more/);
  assert.equal(after.to.gone, false);
});

test('a run that is not followed is said to be so, with the way back to it', () => {
  const other = { ...run, id: '/w/runs/b', label: 'runs/b/epoch_*' };
  const elsewhere = describe(stateOf({ runs: [other, run], run: other }));
  assert.match(elsewhere.trouble?.error.message ?? '', /follows runs\/b\/epoch_\* now; this comparison is of runs\/a/);
  assert.equal(elsewhere.trouble?.follow, 'Follow runs/a/epoch_*');
  assert.deepEqual(elsewhere.others, []);
  const gone = describe(stateOf({ runs: [other], run: other }));
  assert.match(gone.trouble?.error.message ?? '', /is not in this workspace any more/);
  assert.equal(gone.trouble?.follow, undefined);
  const off = describe(stateOf({ following: 'off', runs: [], run: undefined, checkpoints: [] }));
  assert.match(off.trouble?.error.message ?? '', /Restricted Mode/);
  assert.equal(off.trouble?.follow, 'Follow training here');
});

test('answers are of another subject when pair, probes or maps are others, not when reading goes on', () => {
  const key = (state: TrainingState, of = pair) => comparisonKey(of, state);
  const now = key(stateOf());
  const reading = { state: 'running', what: 'probes', done: 1, total: 2 } as const;
  assert.equal(key(stateOf({ checkpoints: [checkpoint(1, { reading, pinned: true }), checkpoint(2)], generation: 9 })), now);
  assert.notEqual(key(stateOf(), { ...pair, from: named(2) }), now);
  assert.notEqual(key(stateOf({ probes: [] })), now);
  assert.notEqual(key(stateOf({ choice: { request: { method: 'grad-cam', layer: 'conv4' }, of: 'predicted' } })), now);
  assert.notEqual(key(stateOf({ run: { ...run, id: '/w/runs/b' } })), now);
});
