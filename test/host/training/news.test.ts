/** What the badge counts: checkpoints that came since somebody looked last. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { News, newsText } from '../../../src/host/training/news/news.ts';
import { checkpoint, facts, right, starAlarm } from './made.ts';

const names = (all: readonly { name: string }[]) => all.map(({ name }) => name);

test('what was there is no news; what comes is, until it is seen', () => {
  const news = new News();
  const run = 'run';
  assert.deepEqual(news.look({ run, checkpoints: [], seen: false }), []);
  assert.deepEqual(news.look({ run, checkpoints: [checkpoint(1), checkpoint(2)], seen: false }), [], 'the first look at the disk');
  assert.deepEqual(names(news.look({ run, checkpoints: [1, 2, 3].map((at) => checkpoint(at)), seen: false })), ['epoch_03']);
  assert.deepEqual(names(news.look({ run, checkpoints: [1, 2, 3, 4].map((at) => checkpoint(at)), seen: false })), ['epoch_03', 'epoch_04']);
  assert.deepEqual(news.look({ run, checkpoints: [1, 2, 3, 4].map((at) => checkpoint(at)), seen: true }), []);
  assert.deepEqual(news.look({ run, checkpoints: [1, 2, 3, 4].map((at) => checkpoint(at)), seen: false }), []);
});

test('half-written ones do not count yet; overwritten ones do; another run starts anew', () => {
  const news = new News();
  news.look({ run: 'a', checkpoints: [checkpoint(1)], seen: true });
  const half = checkpoint(2, { version: undefined, reading: { state: 'incomplete', why: 'It grows.' } });
  assert.deepEqual(news.look({ run: 'a', checkpoints: [checkpoint(1), half], seen: false }), []);
  assert.deepEqual(names(news.look({ run: 'a', checkpoints: [checkpoint(1, { modified: 5 }), checkpoint(2)], seen: false })), [
    'epoch_01',
    'epoch_02',
  ]);
  assert.deepEqual(news.look({ run: 'b', checkpoints: [checkpoint(7)], seen: false }), []);
});

test('the tooltip says which, and what is known of them', () => {
  assert.equal(newsText([], new Map()), undefined);
  assert.equal(newsText([checkpoint(1)], new Map()), '1 new checkpoint: epoch_01');
  const all = [1, 2, 3, 4, 5, 6].map((at) => checkpoint(at));
  assert.equal(newsText(all, new Map()), '6 new checkpoints: …, epoch_02, epoch_03, epoch_04, epoch_05, epoch_06');
  const said = facts({ ...right(0.5), becameWrong: ['/a/x.png', '/a/y.png'], alarms: [starAlarm] });
  const known = new Map([checkpoint(1), checkpoint(2)].map(({ id }) => [id, said]));
  assert.equal(
    newsText([checkpoint(1), checkpoint(2)], known),
    '2 new checkpoints: epoch_01, epoch_02; 2 probes became wrong; alarm for 1 class',
  );
});
