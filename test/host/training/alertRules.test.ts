/** What a person who asked for alerts is told of, and what not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AlertCause, alertCauses, alertsOf } from '../../../src/host/training/news/alertRules.ts';
import type { LogFault } from '../../../src/host/training/news/logNews.ts';
import type { Facts } from '../../../src/host/training/news/runReading.ts';
import type { Checkpoint } from '../../../src/shared/trainingProtocol.ts';
import { checkpoint, facts, minute, right, starAlarm, start } from './made.ts';

function told(
  said: readonly (Facts | [Checkpoint, Facts])[],
  { causes = alertCauses as readonly AlertCause[], faults = [] as readonly LogFault[], since = start, now = start, drop = 10 } = {},
) {
  const all = said.map((each, i) => (Array.isArray(each) ? each : ([checkpoint(i + 1), each] as const)));
  const known = new Map(all.map(([{ id }, of]) => [id, of]));
  const checkpoints = all.map(([each]) => each);
  return alertsOf(causes, { checkpoints, facts: known, faults, since, now, drop });
}

const causesOf = (alerts: ReturnType<typeof told>) => alerts.map(({ cause }) => cause);

test('a healthy run gives no reason; nothing is told of that was not asked for', () => {
  assert.deepEqual(told([facts(right(0.5)), facts(right(0.8)), facts(right(0.75))]), []);
  assert.deepEqual(told([facts(right(0.9)), facts({ ...right(0.1), notFinite: 3, alarms: [starAlarm] })], { causes: [] }), []);
});

test('a fall of the accuracy by more than so many points, against the best before', () => {
  const [alert] = told([facts(right(0.9)), facts(right(0.85)), facts(right(0.79))]);
  assert.equal(alert?.message, 'epoch_03: 79 % of 12 probes right, 11 points less than at epoch_01.');
  assert.deepEqual(told([facts(right(0.9)), facts(right(0.8))]), [], 'by exactly 10 points');
  assert.equal(told([facts(right(0.9)), facts(right(0.79))], { drop: 20 }).length, 0);
});

test('probes and data set are not compared with each other', () => {
  const whole = facts({ accuracy: { share: 0.6, of: 'data set', count: 100 } });
  assert.deepEqual(told([facts(right(0.95)), whole]), []);
  assert.match(
    told([whole, facts({ accuracy: { share: 0.4, of: 'data set', count: 100 } })])[0]?.message ?? '',
    /40 % of 100 images of the data set/,
  );
});

test('weights that are not finite: of the answers, or as the reason why a checkpoint cannot be read', () => {
  assert.match(told([facts(), facts({ notFinite: 12 })])[0]?.message ?? '', /^epoch_02: .* 12 probes: NaN/);
  const failed = checkpoint(2, { reading: { state: 'failed', error: { code: 'weights', message: "'conv1' has NaN values." } } });
  assert.deepEqual(told([facts(right(1)), [failed, facts()]]), [{ cause: 'nan', message: "epoch_02: 'conv1' has NaN values." }]);
  const other = checkpoint(2, { reading: { state: 'failed', error: { code: 'shape', message: 'No.' } } });
  assert.deepEqual(told([facts(right(1)), [other, facts()]]), []);
});

test('a loss that is no number in a log is told as weights are, under the same cause', () => {
  const fault: LogFault = { file: '/w/history.csv', kind: 'csv', axis: 'epoch', name: 'loss', at: 3, step: undefined, value: Number.NaN };
  assert.deepEqual(told([facts(right(1))], { faults: [fault] }), [{ cause: 'nan', message: 'loss is NaN at epoch 3 (history.csv).' }]);
  assert.equal(told([facts({ notFinite: 12 })], { faults: [fault] }).length, 1);
  assert.deepEqual(told([facts(right(1))], { faults: [fault], causes: ['accuracyDrop', 'stale', 'shortcut'] }), []);
});

test('a shortcut', () => {
  assert.match(
    told([facts({ ...right(0.9), alarms: [starAlarm] })])[0]?.message ?? '',
    /^epoch_01: “star”: the hottest point lies on the border/,
  );
});

test('what was written before the run was followed is no news', () => {
  const bad = [facts(right(0.9)), facts({ ...right(0.1), notFinite: 3, alarms: [starAlarm] })];
  assert.deepEqual(causesOf(told(bad)), ['nan', 'accuracyDrop', 'shortcut']);
  assert.deepEqual(told(bad, { since: start + 3 * minute }), []);
});

test('a run that stands still, by its own rhythm', () => {
  const run = [1, 2, 3, 4].map(() => facts(right(0.5)));
  assert.deepEqual(told(run, { now: start + 9 * minute }), [], 'five gaps are not over');
  assert.match(told(run, { now: start + 10 * minute })[0]?.message ?? '', /^No new checkpoint for 6 min; usually one comes every 60 s\./);
  assert.deepEqual(told(run, { now: start + 10 * minute, since: start + 5 * minute }), [], 'it had ended before');
  assert.deepEqual(told(run.slice(0, 2), { now: start + 99 * minute }), [], 'one gap is no rhythm');
});

test('fast checkpoints: less than a minute is never stale; copies at once are no rhythm', () => {
  const every = (ms: number) => [1, 2, 3, 4].map((at): [Checkpoint, Facts] => [checkpoint(at, { modified: start + at * ms }), facts()]);
  assert.deepEqual(told(every(2_000), { now: start + 8_000 + 59_000 }), []);
  assert.deepEqual(causesOf(told(every(2_000), { now: start + 8_000 + 61_000 })), ['stale']);
  assert.deepEqual(told(every(5), { now: start + 99 * minute }), []);
});
