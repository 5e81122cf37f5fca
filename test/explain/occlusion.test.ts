/** Occlusion by hand: where windows stand, what they cover, how they are averaged. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PerturbationContext } from '../../src/explain/method.ts';
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

/** A "network" whose logit of class 0 is the weighted sum of the pixels, of class 1 zero. */
function linear(
  overrides: Partial<PerturbationContext> = {},
): PerturbationContext & { batches: number[]; reports: [number, Float32Array][] } {
  const batches: number[] = [];
  const reports: [number, Float32Array][] = [];
  const [height, width, channels] = [2, 3, 2];
  const weights = [1, 2, 4, 8, 16, 32, 100, 200, 400, 800, 1600, 3200];
  return {
    input: Float32Array.from({ length: 12 }, () => 1),
    channels,
    height,
    width,
    class: 0,
    classes: 2,
    variant: 'logit',
    params: { window: 2, stride: 1, baseline: 0 },
    batchSize: 4,
    batches,
    reports,
    async forward(batch, n) {
      batches.push(n);
      return Float32Array.from({ length: n * 2 }, (_, i) =>
        i % 2 ? 0 : weights.reduce((sum, w, k) => sum + w * (batch[(i / 2) * 12 + k] as number), 0),
      );
    },
    probability: (logits, row) => (logits[row * 2] as number) / 10_000,
    report: (done, map) => void reports.push([done, map()]),
    ...overrides,
  };
}

test('a pixel is the mean drop over the windows that cover it', async () => {
  // Columns hold 909, 1818, 3636 over both rows and channels; windows cover columns 0-1 and 1-2.
  const left = 909 + 1818;
  const right = 1818 + 3636;
  const middle = (left + right) / 2;
  assert.deepEqual([...(await occlusion.run(linear()))], [left, middle, right, left, middle, right]);
});

test('a window that sticks out is clipped', async () => {
  const map = await occlusion.run(linear({ params: { window: 2, stride: 2, baseline: 0 } }));
  assert.deepEqual([...map], [2727, 2727, 3636, 2727, 2727, 3636]);
  const single = await occlusion.run(linear({ params: { window: 1, stride: 1, baseline: 0 } }));
  assert.deepEqual([...single], [101, 202, 404, 808, 1616, 3232]);
});

test('the covering value, the other class, probabilities', async () => {
  const ones = await occlusion.run(linear({ params: { window: 2, stride: 1, baseline: 1 } }));
  assert.ok(ones.every((v) => v === 0));
  const doubled = await occlusion.run(linear({ params: { window: 3, stride: 3, baseline: 3 } }));
  assert.ok(doubled.every((v) => v === -2 * 6363));
  assert.ok((await occlusion.run(linear({ class: 1 }))).every((v) => v === 0));
  const probability = await occlusion.run(linear({ variant: 'probability', params: { window: 3, stride: 3, baseline: 0 } }));
  assert.ok(probability.every((v) => Math.abs(v - 0.6363) < 1e-6));
});

test('batches are no larger than asked, each is reported, unknown cells are NaN', async () => {
  const context = linear({ params: { window: 1, stride: 1, baseline: 0 } });
  const map = await occlusion.run(context);
  assert.deepEqual(context.batches, [1, 4, 2]);
  assert.deepEqual(
    context.reports.map(([done]) => done),
    [4 / 6, 1],
  );
  assert.deepEqual([...(context.reports[0]?.[1] ?? [])], [101, 202, 404, 808, Number.NaN, Number.NaN]);
  assert.deepEqual(context.reports[1]?.[1], map);
});

test('usual window: a seventh of the shorter side, half of it as stride', () => {
  assert.deepEqual(occlusion.defaults(224, 224), { window: 32, stride: 16, baseline: 0 });
  assert.deepEqual(occlusion.defaults(3, 300), { window: 1, stride: 1, baseline: 0 });
});
