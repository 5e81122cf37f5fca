import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SetLook } from '../../../src/host/training/watch/fileSet.ts';
import { Pace, Settling } from '../../../src/host/training/watch/settling.ts';

/** A look at files `name: stamp`; `modified` by name where it matters. */
function look(files: Record<string, string>, missing?: string, modified: Record<string, number> = {}): SetLook {
  const all = Object.entries(files).map(([path, stamp]) => ({ path, stamp, bytes: 1, modified: modified[path] ?? 0, isFile: true }));
  const stamp = all.map((file) => `${file.path} ${file.stamp}`).join('\n');
  return { files: all, stamp, bytes: all.length, modified: Math.max(...all.map((file) => file.modified)), missing };
}

const abc = (a: number, b = a, c = a) => look({ a: `a${a}`, b: `b${b}`, c: `c${c}` });

/** Looks every 50 ms from `now` on at what does not change; when it counted as complete, after so many ms. */
function completeAfter(settling: Settling, seen: SetLook, now: number): number {
  for (let ms = 0; ms < 10_000; ms += 50) if (settling.look(seen, now + ms).complete) return ms;
  return Number.POSITIVE_INFINITY;
}

test('complete when nothing was written for 700 ms, and at once where nothing was written since', () => {
  const settling = new Settling(new Pace());
  assert.equal(settling.look(abc(1), 0).complete, false);
  assert.equal(settling.look(abc(1), 650).complete, false);
  assert.deepEqual(settling.look(abc(2), 690), { complete: false, why: 'It was written to a moment ago.', due: 200 });
  assert.equal(completeAfter(settling, abc(2), 690), 700);
  assert.deepEqual(settling.look(abc(2), 1e9), { complete: true, why: undefined, due: undefined });
});

test('looks are due often enough to see when the time has come', () => {
  const settling = new Settling(new Pace());
  const { due } = settling.look(abc(1), 0);
  assert.equal(due, 200);
  assert.equal(settling.look(abc(1), 600).due, 100);
});

test('some files new and others as before: three seconds, and the sentence says how many', () => {
  const settling = new Settling(new Pace());
  assert.equal(completeAfter(settling, abc(1), 0), 700);
  const verdict = settling.look(abc(2, 1, 1), 10_000);
  assert.deepEqual([verdict.complete, verdict.why], [false, '1 of 3 files were written anew; the others may follow.']);
  assert.equal(settling.look(abc(2, 2, 1), 11_000).complete, false);
  assert.equal(completeAfter(settling, abc(2, 2, 1), 11_000), 3_000);
});

test('all files new again: 700 ms', () => {
  const settling = new Settling(new Pace());
  completeAfter(settling, abc(1), 0);
  settling.look(abc(2, 1, 1), 10_000);
  settling.look(abc(2, 2, 1), 10_100);
  assert.equal(completeAfter(settling, abc(2), 10_200), 700);
});

test('a file that stayed twice does not hold up the third time', () => {
  const settling = new Settling(new Pace());
  completeAfter(settling, abc(1, 1, 0), 0);
  assert.equal(completeAfter(settling, abc(2, 2, 0), 10_000), 3_000);
  assert.equal(completeAfter(settling, abc(3, 3, 0), 20_000), 3_000);
  assert.equal(completeAfter(settling, abc(4, 4, 0), 30_000), 700);
  assert.equal(settling.look(abc(5, 4, 0), 40_000).why, '1 of 3 files were written anew; the others may follow.');
});

test('a writer that pauses within a checkpoint is given half as long again, up to three seconds', () => {
  const pace = new Pace();
  const settling = new Settling(pace);
  settling.look(look({ a: '1' }, 'b is missing.'), 0);
  settling.look(look({ a: '1' }, 'b is missing.'), 1_200);
  settling.look(look({ a: '1', b: '1' }), 1_250);
  assert.equal(pace.window, 1_800);
  assert.equal(completeAfter(settling, look({ a: '1', b: '1' }), 1_250), 1_800);
  pace.paused(2_900);
  assert.equal(pace.window, 3_000);
  // Given up and begun again later: no pause.
  const other = new Pace();
  const left = new Settling(other);
  left.look(look({ a: '1' }, 'b is missing.'), 0);
  left.look(look({ a: '1' }, 'b is missing.'), 1e6);
  left.look(look({ a: '2' }, 'b is missing.'), 1e6 + 1);
  assert.equal(other.window, 700);
});

test('pauses between two checkpoints do not count: a file written every second is still read', () => {
  const pace = new Pace();
  const settling = new Settling(pace);
  for (let version = 0; version < 10; version++) assert.equal(completeAfter(settling, look({ a: `${version}` }), version * 1_000), 700);
  assert.equal(pace.window, 700);
});

test('at first sight, files of very different age wait for three seconds', () => {
  const settling = new Settling(new Pace());
  const seen = look({ a: '1', b: '1' }, undefined, { a: 1_000, b: 60_000 });
  assert.equal(completeAfter(settling, seen, 0), 3_000);
});

test('what is not all there never counts as complete, and says after a minute since when nothing was written', () => {
  const settling = new Settling(new Pace());
  const half = look({ a: '1' }, '2 of 3 weight files are there.');
  const wall = new Date(2026, 10, 28, 14, 3);
  assert.equal(settling.look(half, 0, wall).why, '2 of 3 weight files are there.');
  assert.equal(settling.look(half, 59_000).why, '2 of 3 weight files are there.');
  const at = wall.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const { complete, why, due } = settling.look(half, 60_000);
  assert.deepEqual(
    [complete, why, due],
    [false, `2 of 3 weight files are there. Nothing was written since Glassbox began to watch, at ${at}.`, undefined],
  );
  assert.equal(settling.look(half, 1e7).complete, false);
  const other = look({ a: '2' }, '2 of 3 weight files are there.');
  settling.look(other, 1e7 + 1, wall);
  assert.equal(settling.look(other, 2e7).why, `2 of 3 weight files are there. Nothing was written since ${at}.`);
});

test('a file that went back to what it was is complete', () => {
  const settling = new Settling(new Pace());
  completeAfter(settling, abc(1), 0);
  settling.look(abc(2), 10_000);
  assert.equal(settling.look(abc(1), 10_100).complete, true);
});
