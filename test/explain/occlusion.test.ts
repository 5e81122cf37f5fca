/** Occlusion by hand: where windows stand, what they cover, how they are averaged. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Params, Perturbation } from '../../src/explain/method.ts';
import { occlusion, windowStarts } from '../../src/explain/methods/occlusion.ts';

test('windows start at 0, stride, 2·stride … until the last pixel is covered; the last may stick out', () => {
  assert.deepEqual(windowStarts(6, 2, 2), [0, 2, 4]);
  assert.deepEqual(windowStarts(7, 2, 2), [0, 2, 4, 6]);
  assert.deepEqual(windowStarts(7, 3, 2), [0, 2, 4]);
  assert.deepEqual(windowStarts(5, 5, 1), [0]);
  assert.deepEqual(windowStarts(5, 9, 3), [0]);
  // Window 32, stride 16, 224 pixels: 13 × 13 windows.
  assert.deepEqual([windowStarts(224, 32, 16).length, windowStarts(224, 32, 16).at(-1)], [13, 192]);
  assert.equal(windowStarts(227, 32, 16).at(-1), 208, 'one more, which sticks out');
});

const [height, width, channels] = [2, 3, 2];
const image = Float32Array.from({ length: 12 }, () => 1);
const weights = [1, 2, 4, 8, 16, 32, 100, 200, 400, 800, 1600, 3200];
/** A network: the weighted sum of all values. */
const network = (input: Float32Array) => input.reduce((sum, v, k) => sum + v * (weights[k] as number), 0);

function prepared(params: Params): Perturbation {
  return occlusion.prepare({ input: image, black: [0, 0], channels, height, width, variant: 'logit', params });
}

function input(asked: Perturbation, i: number): Float32Array {
  // What was there before must not show through.
  const into = new Float32Array(image.length).fill(Number.NaN);
  asked.fill(i, into);
  return into;
}

function drawn(params: Params, score = network): number[] {
  const asked = prepared({ baseline: 0, ...params });
  const scores = { whole: score(image), of: (i: number) => score(input(asked, i)) };
  return [...asked.map(scores, asked.count)];
}

test('a pixel is the mean drop over the windows that cover it', () => {
  // Columns hold 909, 1818, 3636 over both rows and channels; windows cover columns 0-1 and 1-2.
  const left = 909 + 1818;
  const right = 1818 + 3636;
  const middle = (left + right) / 2;
  assert.deepEqual(drawn({ window: 2, stride: 1 }), [left, middle, right, left, middle, right]);
});

test('a window that sticks out is clipped', () => {
  assert.deepEqual(drawn({ window: 2, stride: 2 }), [2727, 2727, 3636, 2727, 2727, 3636]);
  assert.deepEqual(drawn({ window: 1, stride: 1 }), [101, 202, 404, 808, 1616, 3232]);
  assert.deepEqual(prepared({ window: 2, stride: 2, baseline: 0.5 }).patches, [
    { y: 0, x: 0, height: 2, width: 2, value: 0.5 },
    { y: 0, x: 2, height: 2, width: 1, value: 0.5 },
  ]);
});

test('the published example of Google PAIR: the sum over covering windows is the mean times how many there are', () => {
  // f(x) = 3·Σx over a 5 × 5 image of zeros with ones at (1,1) and (3,3); window 3, stride 1.
  const x = new Float32Array(25);
  x[6] = 1;
  x[18] = 1;
  const f = (values: Float32Array) => 3 * values.reduce((sum, v) => sum + v, 0);
  const params = { window: 3, stride: 1, baseline: 0 };
  const asked = occlusion.prepare({ input: x, black: [0], channels: 1, height: 5, width: 5, variant: 'logit', params });
  const into = new Float32Array(25);
  const of = (i: number) => {
    asked.fill(i, into);
    return f(into);
  };
  const mean = asked.map({ whole: f(x), of }, asked.count);
  const covering = [1, 2, 3, 2, 1];
  const sums = mean.map((v, i) => Math.round(v * (covering[Math.floor(i / 5)] as number) * (covering[i % 5] as number)));
  assert.deepEqual([...sums], [3, 6, 6, 3, 0, 6, 15, 18, 12, 3, 6, 18, 24, 18, 6, 3, 12, 18, 15, 6, 0, 3, 6, 6, 3]);
});

test('the covering value, all channels, other scores', () => {
  assert.deepEqual(drawn({ window: 2, stride: 1, baseline: 1 }), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(drawn({ window: 3, stride: 3, baseline: 3 }), Array(6).fill(-2 * 6363));
  assert.deepEqual(
    drawn({ window: 2, stride: 1 }, () => 0),
    Array(6).fill(0),
  );
  const tenth = drawn({ window: 3, stride: 3 }, (values) => network(values) / 10_000);
  assert.ok(tenth.every((v) => Math.abs(v - 0.6363) < 1e-6));
  assert.deepEqual([occlusion.score('logit'), occlusion.score('probability')], ['logit', 'probability']);
});

test('unknown pixels are NaN; a partial map costs only what is new, and other scores begin anew', () => {
  const asked = prepared({ window: 1, stride: 1, baseline: 0 });
  const read: number[] = [];
  const scores = (factor: number) => ({
    whole: factor * network(image),
    of: (i: number) => {
      read.push(i);
      return factor * network(input(asked, i));
    },
  });
  const own = scores(1);
  assert.deepEqual([...asked.map(own, 4)], [101, 202, 404, 808, Number.NaN, Number.NaN]);
  assert.deepEqual([...asked.map(own, 6)], [101, 202, 404, 808, 1616, 3232]);
  assert.deepEqual(read, [0, 1, 2, 3, 4, 5], 'each answer once');
  assert.deepEqual([...asked.map(scores(2), 2)], [202, 404, ...Array(4).fill(Number.NaN)]);
  assert.deepEqual([...asked.map(own, 1)], [101, ...Array(5).fill(Number.NaN)], 'fewer than before');
});

test('usual window: a seventh of the shorter side, half of it as stride', () => {
  assert.deepEqual(occlusion.defaults(224, 224), { window: 32, stride: 16, baseline: 0 });
  assert.deepEqual(occlusion.defaults(3, 300), { window: 1, stride: 1, baseline: 0 });
});
