/** What a row of the tree says of a checkpoint. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkpointFacts, clock, descriptionOf, spokenOf, standingOf } from '../../../src/host/training/news/checkpointText.ts';
import { checkpoint, facts, minute, right, starAlarm, start } from './made.ts';

const now = new Date(start + 60 * minute);

test('short: accuracy, what flipped, when', () => {
  const said = facts({ ...right(10 / 12), since: 'epoch_06', becameWrong: ['/a/x.png', '/a/y.png'], becameRight: ['/a/z.png'] });
  assert.equal(descriptionOf(checkpoint(7), said, now), '83 % right · 2 became wrong · 14:07');
  assert.equal(spokenOf(checkpoint(7), said, now), 'epoch_07, 83 % of 12 probes right, 2 became wrong, 14:07');
  const whole = facts({ accuracy: { share: 0.917, of: 'data set', count: 3000 } });
  assert.equal(descriptionOf(checkpoint(7), whole, now), '92 % of all right · 14:07');
  assert.equal(spokenOf(checkpoint(7), whole, now), 'epoch_07, 92 % of 3000 images of the data set right, 14:07');
  const better = facts({ ...right(1), since: 'epoch_06', becameRight: ['/a/z.png'] });
  assert.equal(descriptionOf(checkpoint(7), better, now), '100 % right · 1 became right · 14:07');
});

test('what is not read yet says why', () => {
  const unread = { version: undefined };
  assert.equal(descriptionOf(checkpoint(8, { ...unread, reading: { state: 'waiting' } }), facts(), now), 'waiting · 14:08');
  const written = checkpoint(8, { ...unread, reading: { state: 'incomplete', why: 'Shard 2 of 3 is not there yet.' } });
  assert.equal(descriptionOf(written, facts(), now), 'being written · 14:08');
  assert.deepEqual(checkpointFacts(written, facts(), now)[0], ['State', 'Not read yet. Shard 2 of 3 is not there yet.']);
  const running = checkpoint(8, { ...unread, reading: { state: 'running', what: 'probes', done: 3, total: 12 } });
  assert.equal(descriptionOf(running, facts(), now), 'probes 3 of 12 · 14:08');
});

test('the worst is the icon', () => {
  const alarmed = facts({ ...right(0.9), alarms: [starAlarm] });
  assert.equal(standingOf(checkpoint(1), facts()), 'done');
  assert.equal(standingOf(checkpoint(1, { gone: true }), facts()), 'gone');
  assert.equal(standingOf(checkpoint(1, { pinned: true, gone: true }), facts()), 'pinned');
  assert.equal(standingOf(checkpoint(1, { pinned: true }), alarmed), 'alarm');
  assert.equal(standingOf(checkpoint(1), facts({ ...alarmed, notFinite: 2 })), 'not-finite');
  assert.equal(standingOf(checkpoint(1, { reading: { state: 'failed', error: { code: 'shape', message: 'No.' } } }), alarmed), 'failed');
  assert.equal(standingOf(checkpoint(1, { reading: { state: 'running', what: 'probes', done: 0, total: 0 } }), alarmed), 'running');
  assert.equal(standingOf(checkpoint(1, { version: undefined, reading: { state: 'waiting' } }), facts()), 'waiting');
  // There are no probes.
  assert.equal(standingOf(checkpoint(1, { version: undefined }), facts()), 'waiting');
  // Read, and about to be read again with other probes: what is shown still holds.
  assert.equal(standingOf(checkpoint(1, { reading: { state: 'waiting' } }), facts(right(1))), 'done');
});

test('the tooltip: path, size, time, accuracy, flips by name, alarms, error with its next step', () => {
  const error = { code: 'labels' as const, message: 'Labels do not fit.', hint: 'Write ten.' };
  const said = facts({ ...right(0.75), since: 'epoch_06', becameWrong: ['/a/x.png', '/a/y.png'], alarms: [starAlarm], notFinite: 1 });
  const all = new Map(checkpointFacts(checkpoint(7, { reading: { state: 'failed', error }, gone: true, pinned: true }), said, now));
  assert.equal(all.get('Right'), '75 % of 12 probes');
  assert.equal(all.get('Became wrong'), '2 since epoch_06: x.png, y.png');
  assert.equal(all.get('Became right'), 'none since epoch_06');
  assert.match(
    all.get('Alarm') ?? '',
    /“star”: the hottest point lies on the border of the picture in 100 % of the 8 probes.*93 % of the evidence/,
  );
  assert.match(all.get('Not finite') ?? '', /1 probe: .*NaN/);
  assert.equal(all.get('Error'), 'Labels do not fit. Write ten.');
  assert.equal(all.get('Written'), '28 Nov 14:07');
  assert.equal(all.get('Size'), '5.0 MB');
  assert.match(all.get('File') ?? '', /^\/w\/run\/epoch_07\/model\.json \(gone/);
});

test('many flips are not all named', () => {
  const many = Array.from({ length: 11 }, (_, i) => `/a/${i}.png`);
  const all = new Map(checkpointFacts(checkpoint(7), facts({ since: 'epoch_06', becameWrong: many }), now));
  assert.match(all.get('Became wrong') ?? '', /^11 since epoch_06: 0\.png, .*7\.png and 3 more$/);
});

test('another day is told with its date', () => {
  assert.equal(clock(start, now), '14:00');
  assert.equal(clock(start - 24 * 60 * minute, now), '27 Nov 14:00');
  assert.equal(clock(new Date(2025, 0, 2, 3, 4).getTime(), now), '2 Jan 2025 03:04');
});
