/** Where the values of a log stand among the checkpoints of its run. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LogFiles } from '../../../src/engine/training/logs/logFiles.ts';
import { quantityOf } from '../../../src/shared/logQuantity.ts';
import type { Checkpoint, TrainingLog } from '../../../src/shared/trainingProtocol.ts';
import { chartsOf, usualCharts } from '../../../webview/training/logs/charts.ts';
import { type PlacedLog, placeLog } from '../../../webview/training/logs/placement.ts';
import { repository } from '../../support/paths.ts';

const data = join(repository, 'test/data/logs');
const start = 1_790_000_000_000;
const minute = 60_000;

async function read(...paths: string[]): Promise<readonly TrainingLog[]> {
  const files = paths.flatMap((path) => {
    if (path.includes('.')) return [join(data, path)];
    const entries = readdirSync(join(data, path), { recursive: true, withFileTypes: true });
    return entries.filter(({ name }) => name.includes('tfevents')).map(({ parentPath, name }) => join(parentPath, name));
  });
  return await new LogFiles().read(files, new AbortController().signal);
}

/** One a minute, unless told otherwise. */
function checkpoints(numbers: readonly number[], modified: (i: number) => number = (i) => start + i * minute): Checkpoint[] {
  return numbers.map((at, i) => ({
    ...{ id: String(at), name: `epoch_${at}`, at, path: `/run/epoch_${at}`, modified: modified(i), bytes: 1 },
    ...{ reading: { state: 'done' }, version: String(at), pinned: false, gone: false },
  }));
}

function log(axis: TrainingLog['axis'], x: readonly number[], more: { time?: number[]; step?: number[] } = {}): TrainingLog {
  const { time, step } = more;
  const series = {
    ...{ name: 'loss', x: Float64Array.from(x), y: Float64Array.from(x, () => 1) },
    ...{ time: time && Float64Array.from(time), ...(step && { step: Float64Array.from(step) }) },
  };
  return { file: '/run/history.csv', kind: 'csv', modified: 0, axis, series: [series], warnings: [] };
}

const xOf = ({ placed }: PlacedLog, name = 'loss') => [...(placed.find(({ series }) => series.name === name)?.x ?? [])];
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("Keras counts epochs from 0 in its logs and from 1 in its checkpoints' names: shifted by one, and said", async () => {
  const [history] = await read('keras/history.csv');
  const placed = placeLog(history!, checkpoints([1, 2, 3, 4, 5]), 'epoch');
  assert.deepEqual(xOf(placed, 'val_loss'), [1, 2, 3, 4, 5]);
  assert.deepEqual(placed.notes, ['Epochs of history.csv count from 0: shifted by 1.']);
});

test('no shift where both count from 0, where the log counts from 1, where the counts do not fit', () => {
  for (const [epochs, numbers] of [
    [range(0, 4), range(0, 4)],
    [range(1, 5), range(1, 5)],
    [range(0, 4), range(5, 20)],
    [range(0, 9), [0, 5]],
  ] as const) {
    const placed = placeLog(log('epoch', epochs), checkpoints(numbers), 'epoch');
    assert.deepEqual([xOf(placed), placed.notes], [[...epochs], []]);
  }
});

test('the shift stays while a checkpoint is ahead of the log, and where only some epochs have one', () => {
  for (const numbers of [range(1, 6), range(1, 7), [5], [2, 4]]) {
    assert.deepEqual(xOf(placeLog(log('epoch', range(0, 5)), checkpoints(numbers), 'epoch')), range(1, 6), String(numbers));
  }
});

test('where counts fit both, the time at which values and checkpoints were written decides', () => {
  const epochs = range(0, 14);
  const numbers = [4, 9, 14];
  for (const shift of [0, 1]) {
    // A value is written two seconds before the checkpoint of its epoch.
    const time = epochs.map((epoch) => start + epoch * minute - 2000);
    const run = checkpoints(numbers, (i) => start + (numbers[i]! - shift) * minute);
    assert.deepEqual(
      xOf(placeLog(log('epoch', epochs, { time }), run, 'epoch')),
      epochs.map((epoch) => epoch + shift),
    );
  }
  const copied = log('epoch', epochs, { time: epochs.map((epoch) => start + epoch * minute) });
  assert.deepEqual(
    xOf(
      placeLog(
        copied,
        checkpoints(numbers, () => start + 9e9),
        'epoch',
      ),
    ),
    range(1, 15),
  );
});

test('steps inside of epochs: the last of an epoch is its end', async () => {
  const [metrics] = await read('lightning/version_0/metrics.csv');
  const placed = placeLog(metrics!, checkpoints([1, 2, 3, 4]), 'epoch');
  assert.deepEqual(xOf(placed, 'train_loss_step'), [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]);
  assert.deepEqual(xOf(placed, 'val_loss'), [1, 2, 3, 4]);
  // The fifth epoch has just begun.
  const growing = log('epoch', [0, 0, 1, 1, 2], { step: [4, 9, 14, 19, 24] });
  assert.deepEqual(xOf(placeLog(growing, checkpoints([1, 2]), 'epoch')), [0.5, 1, 1.5, 2, 2.5]);
  const longer = log('epoch', [1, 1, 2, 2, 3, 3], { step: [4, 9, 14, 19, 21, 24] });
  assert.deepEqual(xOf(placeLog(longer, checkpoints([1, 2]), 'epoch')), [0.5, 1, 1.5, 2, 2.2, 2.5]);
});

test('a run of steps: steps of the log, also of one that counts epochs as well', async () => {
  const own = placeLog(log('step', [0, 100, 200]), checkpoints([100, 200]), 'step');
  assert.deepEqual([xOf(own), own.notes], [[0, 100, 200], []]);
  const [metrics] = await read('lightning/version_0/metrics.csv');
  assert.deepEqual(xOf(placeLog(metrics!, checkpoints([8, 16]), 'step'), 'val_loss'), [3, 7, 11, 15]);
  // Numbers that nothing names: too large for epochs, right for steps.
  assert.deepEqual(xOf(placeLog(metrics!, checkpoints([8, 16]), 'number'), 'val_loss'), [3, 7, 11, 15]);
  assert.deepEqual(xOf(placeLog(metrics!, checkpoints([1, 2, 3, 4]), 'number'), 'val_loss'), [1, 2, 3, 4]);
});

test('steps that are epochs: one by one, and as many as checkpoints', async () => {
  const [run] = await read('torch/run');
  const placed = placeLog(
    run!,
    checkpoints(range(0, 6), () => start),
    'epoch',
  );
  assert.deepEqual([xOf(placed, 'Loss/train'), placed.apart.length], [range(0, 6), 0]);
  assert.match(placed.notes[0]!, /are taken for epochs/);
  assert.deepEqual(
    xOf(
      placeLog(
        run!,
        checkpoints(range(1, 7), () => start),
        'epoch',
      ),
      'Loss/train',
    ),
    range(1, 7),
  );
});

test('steps by the time they were written at', async () => {
  const times = (...minutes: number[]) => minutes.map((each) => start + each * minute);
  const steps = log('step', [10, 20, 30, 40, 50], { time: times(-0.5, 0, 0.5, 1, 3) });
  const placed = placeLog(steps, checkpoints([1, 2, 3]), 'epoch');
  assert.deepEqual(
    [xOf(placed), placed.notes],
    [[0.5, 1, 1.5, 2, 4], ['Curves of history.csv are placed by the time they were written at.']],
  );
  // Checkpoints at uneven times; a file that is written over counts versions.
  assert.deepEqual(
    xOf(
      placeLog(
        steps,
        checkpoints([1, 2, 3], (i) => start + [0, 1, 5][i]! * minute),
        'version',
      ),
    ),
    [0.5, 1, 1.5, 2, 2.5],
  );
  const [board] = await read('keras/batches');
  const { time } = board!.series.find(({ name }) => name === 'epoch_loss')!;
  const own = placeLog(
    board!,
    checkpoints([1, 2], (i) => time![i]!),
    'version',
  );
  assert.deepEqual(xOf(own, 'epoch_loss'), [1, 2]);
});

test('steps of which nothing says where they belong are drawn apart, and why is said', () => {
  const untimed = log('step', [10, 20, 30]);
  const timed = log('step', [10, 20, 30], { time: [1, 2, 3].map((day) => start - day * 1440 * minute) });
  const copied = log('step', [10, 20, 30], { time: [start, start + 1, start + 2] });
  for (const [each, run] of [
    [untimed, checkpoints([1, 2, 3])],
    [timed, checkpoints([1, 2, 3])],
    [copied, checkpoints([1, 2, 3], () => start)],
  ] as const) {
    const placed = placeLog(each, run, 'epoch');
    assert.deepEqual([placed.placed.length, placed.apart.length], [0, 1]);
    assert.match(
      placed.notes[0]!,
      /^The curves of history.csv are drawn over steps of their own: they count steps, the checkpoints epochs/,
    );
  }
});

test('what names say', () => {
  for (const [name, id, kind, split] of [
    ['loss', 'loss', 'loss', undefined],
    ['val_loss', 'loss', 'loss', 'validation'],
    ['Loss/test', 'loss', 'loss', 'test'],
    ['validation/epoch_loss', 'loss', 'loss', 'validation'],
    ['validation/evaluation_accuracy_vs_iterations', 'accuracy', 'accuracy', 'validation'],
    ['train_loss_step', 'loss', 'loss', 'train'],
    ['trainLoss', 'loss', 'loss', 'train'],
    ['loss_val/loss', 'loss', 'loss', 'validation'],
    ['val_acc', 'accuracy', 'accuracy', 'validation'],
    ['val_sparse_top_5_accuracy', 'sparse top 5 accuracy', 'accuracy', 'validation'],
    ['train/box_loss', 'box loss', 'loss', 'train'],
    ['metrics/mAP50(B)', 'map50(b)', 'accuracy', undefined],
    ['mean_absolute_error', 'absolute error', 'loss', undefined],
    ['lr', 'learning rate', 'other', undefined],
    ['epoch', 'epoch', 'other', undefined],
    ['val', 'val', 'other', 'validation'],
    ['constructor/loss', 'constructor loss', 'loss', undefined],
  ] as const) {
    assert.deepEqual(quantityOf(name), { id, kind, split }, name);
  }
});

test('charts: training and validation of a quantity share one; the first loss and accuracy are shown', async () => {
  const logs = await read('keras/history.csv', 'keras/board');
  const all = chartsOf(logs, checkpoints([1, 2, 3, 4, 5]), 'epoch');
  assert.deepEqual(
    all.map(({ log, charts }) => [
      log.kind,
      log.axis,
      charts.map(({ title, curves }) => [title, curves.map(({ name, look }) => `${name} ${look}`)]),
    ]),
    [
      [
        'csv',
        'epoch',
        [
          ['loss', ['loss 0', 'val_loss 1']],
          ['accuracy', ['accuracy 0', 'val_accuracy 1']],
        ],
      ],
      [
        ...['tensorboard', 'epoch'],
        [
          ['loss', ['train/epoch_loss 0', 'validation/epoch_loss 1']],
          ['accuracy', ['train/epoch_accuracy 0', 'validation/epoch_accuracy 1']],
          ['learning rate', ['train/epoch_learning_rate 0']],
        ],
      ],
      [
        ...['tensorboard', 'step'],
        [
          ['loss', ['validation/evaluation_loss_vs_iterations 1']],
          ['accuracy', ['validation/evaluation_accuracy_vs_iterations 1']],
        ],
      ],
    ],
  );
  assert.deepEqual(
    usualCharts(all).map((id) => id.split('\n').slice(1)),
    [
      ['epoch', 'loss'],
      ['epoch', 'accuracy'],
    ],
  );
  assert.ok(usualCharts(all).every((id) => id.includes('history.csv')));
});

test('of several logs the one with loss and accuracy comes first; the choice stays when the log grows beyond the checkpoints', async () => {
  const logs = await read('lightning/version_0/metrics.csv', 'keras/history.csv', 'keras/board');
  for (const numbers of [range(1, 5), range(1, 3), [1]]) {
    const usual = usualCharts(chartsOf([...logs], checkpoints(numbers), 'epoch'));
    assert.deepEqual(
      usual.map((id) => id.split(/[\n/]/).slice(-3)),
      [
        ['history.csv', 'epoch', 'loss'],
        ['history.csv', 'epoch', 'accuracy'],
      ],
    );
  }
});

test("a log that fits the run's axis has the slider's; one with more to say has an even one of its own; either is the same for the same numbers", () => {
  const run = checkpoints([5, 10, 20]);
  const chart = (epochs: readonly number[]) => chartsOf([log('epoch', epochs)], run, 'epoch')[0]!.charts[0]!;
  const fitting = chart(range(5, 21));
  assert.deepEqual([fitting.aligned, fitting.x(10), fitting.x(15)], [true, 0.5, 0.75]);
  const longer = chart(range(1, 20));
  assert.deepEqual([longer.aligned, longer.x(1), longer.x(10.5), longer.x(20)], [false, 0, 0.5, 1]);
  const logs = [log('epoch', range(1, 20))];
  assert.equal(chartsOf(logs, run, 'epoch')[0]!.charts[0]!.x, chartsOf(logs, checkpoints([5, 10, 20]), 'epoch')[0]!.charts[0]!.x);
  const single = chartsOf([log('epoch', range(1, 3))], checkpoints([2]), 'epoch')[0]!.charts[0]!;
  assert.deepEqual([single.x(1), single.x(2), single.x(3)], [0, 0.5, 1]);
});
