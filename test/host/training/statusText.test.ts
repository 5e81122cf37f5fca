/** The item in the status bar. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '../../../src/host/training/news/runReading.ts';
import { type Followed, statusText } from '../../../src/host/training/news/statusText.ts';
import type { Checkpoint } from '../../../src/shared/trainingProtocol.ts';
import { checkpoint, facts, minute, right, starAlarm, start } from './made.ts';

function followed(checkpoints: readonly Checkpoint[], said: readonly (Facts | undefined)[], patch: Partial<Followed> = {}): Followed {
  const run = { id: 'run', kind: 'checkpoints' as const, label: 'run/epoch_*', axis: 'epoch' as const, count: checkpoints.length };
  const known = checkpoints.flatMap(({ id }, i) => (said[i] ? [[id, said[i]] as const] : []));
  return { run, checkpoints, facts: new Map(known), paused: false, visible: true, since: start, now: start + 8 * minute, ...patch };
}

const unread = { version: undefined, reading: { state: 'waiting' } } as const;

test('the newest one that was read, and what matters of it', () => {
  const seventh = facts({ ...right(0.92), since: 'epoch_06', becameWrong: ['/a/x.png'], becameRight: ['/a/y.png'] });
  const { text, tooltip, spoken } = statusText(followed([checkpoint(6), checkpoint(7)], [facts(right(0.9)), seventh]));
  assert.equal(text, '$(pulse) epoch_07 · 92 % · 2 flipped');
  assert.match(tooltip, /Training: run\/epoch_\*\nNewest read: epoch_07\nRight: 92 % of 12 probes\nBecame wrong: 1 since epoch_06: x\.png/);
  assert.equal(spoken, 'Glassbox training: epoch_07, 92 %, 2 flipped');
});

test('an alarm is a warning', () => {
  const { text, tooltip } = statusText(followed([checkpoint(7)], [facts({ ...right(0.92), alarms: [starAlarm] })]));
  assert.equal(text, '$(warning) epoch_07 · 92 % · alarm: star');
  assert.match(tooltip, /Alarm: “star”: the hottest point/);
});

test('while the next one is written it is waited for; a spinner only while something is read', () => {
  const written = checkpoint(8, { version: undefined, reading: { state: 'incomplete', why: 'It has 3 of 5 MB.' } });
  const waits = statusText(followed([checkpoint(7), written], [facts(right(0.92)), undefined]));
  assert.equal(waits.text, '$(pulse) epoch_07 · 92 % · waiting for epoch_08');
  assert.match(waits.tooltip, /epoch_08: It has 3 of 5 MB\./);
  const running = checkpoint(8, { version: undefined, reading: { state: 'running', what: 'probes', done: 1, total: 12 } });
  assert.equal(
    statusText(followed([checkpoint(7), running], [facts(right(0.92)), undefined])).text,
    '$(sync~spin) epoch_07 · 92 % · reading epoch_08',
  );
  assert.equal(statusText(followed([running], [undefined])).text, '$(sync~spin) reading epoch_08');
});

test('what cannot be read, what waits while nobody looks, a pause', () => {
  const failed = checkpoint(8, { version: undefined, reading: { state: 'failed', error: { code: 'shape', message: 'It does not fit.' } } });
  const { text, tooltip } = statusText(followed([checkpoint(7), failed], [facts(right(0.92)), undefined]));
  assert.equal(text, '$(warning) epoch_07 · 92 % · epoch_08 could not be read');
  assert.match(tooltip, /epoch_08: It does not fit\./);
  const next = [checkpoint(7), checkpoint(8, unread), checkpoint(9, unread)];
  assert.equal(statusText(followed(next, [facts(right(0.92))], { visible: false })).text, '$(pulse) epoch_07 · 92 % · 2 new');
  assert.equal(statusText(followed(next, [facts(right(0.92))], { paused: true })).text, '$(debug-pause) epoch_07 · 92 % · paused');
});

test('a run that went quiet says so, unless it had ended before it was followed', () => {
  const all = [1, 2, 3, 4].map((at) => checkpoint(at));
  const said = all.map(() => facts(right(0.5)));
  const late = { now: start + 20 * minute };
  const { text, tooltip } = statusText(followed(all, said, late));
  assert.equal(text, '$(pulse) epoch_04 · 50 % · quiet for 16 min');
  assert.match(tooltip, /No new checkpoint for 16 min; usually one comes every 60 s\./);
  assert.equal(statusText(followed(all, said, { ...late, since: start + 10 * minute })).text, '$(pulse) epoch_04 · 50 %');
});

test('without probes nothing is waited for', () => {
  const unprobed = checkpoint(3, { version: undefined, reading: { state: 'done' } });
  assert.equal(statusText(followed([unprobed], [undefined])).text, '$(pulse) run/epoch_*');
});
