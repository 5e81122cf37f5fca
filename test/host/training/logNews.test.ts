/** Which curves of the logs have stopped being finite, and since when that is news. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultText, LogNews } from '../../../src/host/training/news/logNews.ts';
import type { LogSeries, TrainingLog } from '../../../src/shared/trainingProtocol.ts';
import { minute, start } from './made.ts';

const { NaN: none, POSITIVE_INFINITY: infinite } = Number;

function series(name: string, y: readonly number[], more: Partial<LogSeries> = {}): LogSeries {
  return { name, x: Float64Array.from(y.keys()), y: Float64Array.from(y), time: undefined, ...more };
}

/** Written a minute after the run was first followed. */
function log(all: readonly LogSeries[], patch: Partial<TrainingLog> = {}): TrainingLog {
  return { file: '/w/run/history.csv', kind: 'csv', modified: start + minute, axis: 'epoch', series: all, warnings: [], ...patch };
}

/** What is told after all of these looks, each with the logs as they are then. */
function told(...looks: readonly (readonly TrainingLog[])[]): string[] {
  const news = new LogNews();
  for (const logs of looks) news.look('run', logs, start);
  return news.of('run').map(faultText);
}

test('a loss that becomes NaN or infinite while the run is followed', () => {
  assert.deepEqual(told([log([series('loss', [2, 1])])], [log([series('loss', [2, 1, none])])]), ['loss is NaN at epoch 2 (history.csv).']);
  assert.deepEqual(told([log([series('loss', [2])])], [log([series('loss', [2, -infinite])])]), [
    'loss is infinite at epoch 1 (history.csv).',
  ]);
  assert.deepEqual(told([log([series('loss', [2])])], [log([series('loss', [2, 1])])]), []);
});

test('what the logs said at the first look is no news, also where there is more of it later', () => {
  const more = [
    [2, none],
    [2, none, none],
    [2, none, none, 1, none],
  ].map((y) => [log([series('loss', y)])]);
  assert.deepEqual(told(...more), []);
  assert.deepEqual(told([], [log([series('loss', [2, none])])]).length, 1, 'a log that came later');
  assert.deepEqual(told([], [log([series('loss', [2, none])], { modified: start - 1 })]), [], 'one that was found later, but is older');
});

test('a run that was started again in the same file is news again; one that has recovered is none', () => {
  const [bad, again] = [log([series('loss', [2, none])]), log([series('loss', [2])])];
  assert.equal(told([bad], [again], [bad]).length, 1);
  assert.equal(told([bad], [log([series('loss', [2, 1, none])])]).length, 1);
  assert.deepEqual(told([again], [bad], [again]), []);
});

test('where values have times, these say what is news, also at the first look', () => {
  const at = (time: number) => log([series('train/loss', [2, none], { time: Float64Array.of(start - minute, time) })], { axis: 'step' });
  assert.deepEqual(told([at(start - 1)]), []);
  assert.deepEqual(told([at(start)]), ['train/loss is NaN at step 1 (history.csv).']);
  assert.deepEqual(told([], [at(start - 1)]), []);
});

test('what is not defined from the start is no fault, but for the loss of training', () => {
  const at = (name: string, y: readonly number[]) => told([], [log([series(name, y)])]);
  assert.deepEqual(at('auc', [none, none]), []);
  assert.deepEqual(at('val_loss', [none, none]), []);
  assert.deepEqual(at('val_loss', [none, 1, infinite]), ['val_loss is infinite at epoch 2 (history.csv).']);
  assert.deepEqual(at('accuracy', [0.5, none]), ['accuracy is NaN at epoch 1 (history.csv).']);
  assert.deepEqual(at('train_loss', [none]), ['train_loss is NaN at epoch 0 (history.csv).']);
  assert.deepEqual(at('grad_norm', [1, infinite]), [], 'gradients overflow in mixed precision');
});

test('the loss of training is told first; with the step where the file says it; of event files the folder', () => {
  const both = [series('val_loss', [1, none]), series('loss', [1, none], { step: Float64Array.of(1_000, 2_000) })];
  assert.deepEqual(told([], [log(both)]), [
    'loss is NaN at epoch 1, step 2,000 (history.csv).',
    'val_loss is NaN at epoch 1 (history.csv).',
  ]);
  const board = log([series('epoch_loss', [1, none])], { kind: 'tensorboard', file: '/w/logs/fit/train/events.out.tfevents.1.host' });
  assert.deepEqual(told([], [board]), ['epoch_loss is NaN at epoch 1 (TensorBoard: fit, by epoch).']);
});

test('runs are told apart', () => {
  const news = new LogNews();
  const bad = log([series('loss', [2, none])]);
  news.look('a', [], start);
  news.look('b', [bad], start);
  news.look('a', [bad], start);
  assert.deepEqual([news.of('a').length, news.of('b').length, news.of('c').length], [1, 0, 0]);
});
