/** Predictions, accuracy and loss of a set, by hand: softmax, sigmoids, outputs that are no scores, labels that are no class. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answersOf } from '../../../src/engine/training/setAnswers.ts';

const logits = Float32Array.of(2, 0, -1, 0.5, 3, 1, -2, -4, -3);
const rows = (contents: readonly number[], labels: readonly number[]) => ({
  contents: Int32Array.from(contents),
  labels: Int32Array.from(labels),
});
const softmax = (z: readonly number[], k: number) => Math.exp(z[k]!) / z.reduce((sum, v) => sum + Math.exp(v), 0);
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6, `${a} against ${b}`);

test('softmax: cross-entropy of the labels; rows without an image, a label, or with one that is no class count for nothing', () => {
  const outputs = { labels: undefined, activation: 'softmax' as const, classes: 3 };
  const found = answersOf(outputs, logits, rows([0, 1, 2, 0, -1, 1], [0, 2, 0, -1, -1, 3]));
  assert.deepEqual([...found.predicted], [0, 1, 0, 0, -1, 1]);
  near(found.confidence[0]!, softmax([2, 0, -1], 0));
  near(found.confidence[2]!, softmax([-2, -4, -3], 0));
  assert.ok(Number.isNaN(found.confidence[4]));
  near(found.accuracy, 2 / 3);
  near(found.loss, -(Math.log(softmax([2, 0, -1], 0)) + Math.log(softmax([0.5, 3, 1], 2)) + Math.log(softmax([-2, -4, -3], 0))) / 3);
  const none = answersOf(outputs, logits, rows([0, 1], [-1, 7]));
  assert.ok(Number.isNaN(none.accuracy) && Number.isNaN(none.loss));
});

test('large logits: no overflow', () => {
  const outputs = { labels: undefined, activation: 'softmax' as const, classes: 3 };
  const found = answersOf(outputs, Float32Array.of(1e4, -1e4, 0), rows([0, 0], [0, 1]));
  near(found.loss, 1e4);
  near(found.confidence[0]!, 1);
});

test('sigmoids: the mean of their binary cross-entropies, as Keras has it; the largest one is what is predicted', () => {
  const found = answersOf({ labels: undefined, activation: 'sigmoid', classes: 3 }, logits, rows([1], [2]));
  assert.deepEqual([found.predicted[0], found.accuracy], [1, 0]);
  near(found.confidence[0]!, sigmoid(3));
  near(found.loss, -(Math.log(1 - sigmoid(0.5)) + Math.log(1 - sigmoid(3)) + Math.log(sigmoid(1))) / 3);
});

test('one output: nothing else could be right', () => {
  const found = answersOf({ labels: ['cat'], activation: 'sigmoid', classes: 1 }, Float32Array.of(-1), rows([0], [0]));
  assert.ok(Number.isNaN(found.accuracy));
  near(found.loss, -Math.log(sigmoid(-1)));
});

test('outputs that are no scores: nothing is predicted', () => {
  const found = answersOf({ labels: undefined, activation: 'none', classes: 3 }, logits, rows([0], [0]));
  assert.deepEqual([...found.predicted], [-1]);
  assert.ok([found.confidence[0], found.accuracy, found.loss].every(Number.isNaN));
});
