/** Score-CAM by hand: masks, order, constant channels, weights of both variants. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskChannels, scoreCam } from '../../src/explain/methods/scoreCam.ts';

const input = Float32Array.from([1, 2, 3, 4, 10, 20, 30, 40]);
/** Four channels of 1 × 2: a slope, a constant, a steeper slope down, a constant 0. */
const activation = { values: Float32Array.from([0, 1, 5, 5, 9, 3, 0, 0]), channels: 4, height: 1, width: 2 };

function prepared(variant: string, channels = 0) {
  return maskChannels({ input, black: [0, 0], channels: 2, height: 1, width: 4, variant, params: { channels }, activation });
}

function inputs(asked: ReturnType<typeof prepared>): number[][] {
  return Array.from({ length: asked.count }, (_, i) => {
    const into = new Float32Array(input.length).fill(Number.NaN);
    asked.fill(i, into);
    return Array.from(into, (v) => Math.round(v * 1e5) / 1e5);
  });
}

test('authors: half-pixel masks stretched after they are enlarged, the channel that varies most first, constant ones left out', () => {
  // [0,1] enlarged to 4 is 0, 1/4, 3/4, 1; the other is 1 minus that.
  assert.deepEqual(inputs(prepared('authors')), [
    [1, 1.5, 0.75, 0, 10, 15, 7.5, 0],
    [0, 0.5, 2.25, 4, 0, 5, 22.5, 40],
  ]);
});

test('softmax: aligned corners; all constant channels ask once, with zeros, last', () => {
  // [0,1] enlarged to 4 is 0, 1/3, 2/3, 1.
  const [down, up, flat] = inputs(prepared('softmax'));
  assert.deepEqual(down, [1, 1.33333, 1, 0, 10, 13.33333, 10, 0]);
  assert.deepEqual(up, [0, 0.66667, 2, 4, 0, 6.66667, 20, 40]);
  assert.deepEqual(flat, Array(8).fill(0));
  assert.equal(prepared('softmax').count, 3);
});

test('authors: the weight is the score, of constant channels 0', () => {
  const asked = prepared('authors');
  const scores = { whole: 1, of: (i: number) => [0.25, 0.5][i] as number };
  assert.deepEqual([...asked.weights(scores, 2)], [0.5, 0, 0.25, 0]);
  assert.deepEqual([...asked.map(scores, 2)], [0.25 * 9, 0.5 + 0.25 * 3]);
  assert.deepEqual([...asked.map(scores, 1)], [2.25, 0.75], 'the first alone');
});

test('softmax: over the channels, both constant ones with the score of the zeros', () => {
  const asked = prepared('softmax');
  const scores = { whole: 1, of: (i: number) => [Math.log(2), Math.log(3), 0][i] as number };
  const w = [...asked.weights(scores, 3)];
  [3 / 7, 1 / 7, 2 / 7, 1 / 7].forEach((expected, k) => {
    assert.ok(Math.abs((w[k] as number) - expected) < 1e-12, w.join());
  });
  const [left, right] = asked.map(scores, 3) as unknown as [number, number];
  assert.ok(Math.abs(left - (5 + 18) / 7) < 1e-6 && Math.abs(right - (3 + 5 + 6) / 7) < 1e-6);
  // Logits far beyond what exp can take.
  assert.ok(asked.map({ whole: 0, of: (i) => 2000 + i }, 3).every(Number.isFinite));
});

test('fewer channels: those that vary most; the answers are the first of all', () => {
  const one = prepared('authors', 1);
  assert.equal(one.count, 1);
  assert.deepEqual(inputs(one)[0], inputs(prepared('authors'))[0]);
  assert.equal(one.key, prepared('authors').key);
  assert.notEqual(one.key, prepared('softmax').key);
});

test('what of the target is read', () => {
  assert.deepEqual([scoreCam.score('authors'), scoreCam.score('softmax')], ['probability', 'logit']);
});

test('a layer that is constant in every channel: nothing to ask, a map of zeros; softmax: its mean', () => {
  const flat = { values: Float32Array.from([2, 2, 4, 4]), channels: 2, height: 1, width: 2 };
  const subject = { input, black: [0, 0], channels: 2, height: 1, width: 4, params: { channels: 0 }, activation: flat };
  const authors = maskChannels({ ...subject, variant: 'authors' });
  assert.equal(authors.count, 0);
  assert.deepEqual([...authors.map({ whole: 1, of: () => 1 }, 0)], [0, 0]);
  const softmax = maskChannels({ ...subject, variant: 'softmax' });
  assert.equal(softmax.count, 1);
  assert.deepEqual([...softmax.map({ whole: 1, of: () => 7 }, 1)], [3, 3]);
});
