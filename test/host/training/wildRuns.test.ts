import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { test } from 'node:test';
import { findRuns } from '../../../src/host/training/runs/findRuns.ts';
import { RunFiles } from '../../../src/host/training/watch/runFiles.ts';

/** Runs as `label axis: numbers`, of names as training code in public repositories writes them. */
function runs(...names: readonly string[]): string[] {
  const found = findRuns(
    names.map((name) => `/w/${name}`),
    (path) => relative('/w', path),
    { roots: ['/w'] },
  );
  return found.map(({ label, axis, files }) => `${label} ${axis}: ${files.map(({ at }) => at).join(' ')}`);
}

/** `[files, runs]` */
type Row = readonly [readonly string[], readonly string[]];

function check(rows: readonly Row[]): void {
  for (const [names, expected] of rows) {
    assert.deepEqual(runs(...names), expected, names.join(' '));
    // Whatever the order in which the disk lists them.
    assert.deepEqual(runs(...[...names].reverse()), expected, `reversed: ${names.join(' ')}`);
  }
}

test('a score that is a whole number in one file neither counts nor stops the search', () => {
  check([
    [['m_1_d_1.h5', 'm_1_d_0.9.h5', 'm_2_d_0.8.h5'], []],
    [['m_1_d_1.h5', 'm_2_d_0.9.h5', 'm_3_d_0.8.h5'], ['m_*_d_*.h5 number: 1 2 3']],
  ]);
});

test('steps behind an epoch, or a counter, that several files are of', () => {
  check([
    [['epoch_3_1000.onnx', 'epoch_3_2000.onnx', 'epoch_4_3000.onnx'], ['epoch_*_*.onnx number: 1000 2000 3000']],
    [
      ['N-Step-Checkpoint_0_500.onnx', 'N-Step-Checkpoint_0_1000.onnx', 'N-Step-Checkpoint_1_1500.onnx'],
      ['N-Step-Checkpoint_*_*.onnx number: 500 1000 1500'],
    ],
    [['model-0-500.onnx', 'model-0-1000.onnx', 'model-1-1500.onnx'], ['model-*-*.onnx number: 500 1000 1500']],
    // Percent, not steps.
    [['epoch_1-95.h5', 'epoch_2-93.h5', 'epoch_2-94.h5'], ['epoch_*-*.h5 epoch: 1 2 2']],
  ]);
});

test('a loss that is no number, or below zero, divides no run', () => {
  check([
    [['weights.03-0.88.keras', 'weights.04-nan.keras', 'weights.05-inf.keras'], ['weights.*-*.keras number: 3 4 5']],
    [['epoch=1-val_loss=0.5.onnx', 'epoch=2-val_loss=nan.onnx'], ['epoch=*-val_loss=*.onnx epoch: 1 2']],
    [['ep1-loss0.5.h5', 'ep2-lossnan.h5'], ['ep*-loss*.h5 epoch: 1 2']],
    [['epoch=3-reward=-1.25.onnx', 'epoch=4-reward=0.25.onnx', 'epoch=5-reward=1.onnx'], ['epoch=*-reward=*.onnx epoch: 3 4 5']],
    [['m_3_score_-12.onnx', 'm_4_score_-7.onnx', 'm_5_score_3.onnx'], ['m_*_score_*.onnx number: 3 4 5']],
    [['nan_net_1.h5', 'inf_net_2.h5'], []],
  ]);
});

test("Keras' .{epoch:02d}-{val_loss:.2f} counts whatever the name before it ends in", () => {
  const ends = ['01-0.41', '02-0.38', '10-0.5', '11-nan'];
  const numbers = 'number: 1 2 10 11';
  check([
    [ends.map((end) => `cifar10.${end}.hdf5`), [`cifar10.*-*.hdf5 ${numbers}`]],
    [ends.map((end) => `first.3.${end}.hdf5`), [`first.3.*-*.hdf5 ${numbers}`]],
    [ends.map((end) => `weights_test.${end}.h5`), [`weights_test.*-*.h5 ${numbers}`]],
    [ends.map((end) => `Model.1.${end}.20240101-120000.hdf5`), [`Model.1.*-*.20240101-120000.hdf5 ${numbers}`]],
    [['m.0.81-0.71-01-0.41.h5', 'm.0.85-0.73-05-0.4.h5', 'm.0.86-0.74-08-0.3.h5'], ['m.*-*-*-*.h5 number: 1 5 8']],
    [['net-1.0.1.onnx', 'net-1.0.2.onnx', 'net-1.0.3.onnx'], []],
    [['squeezenet1.0-7.onnx', 'squeezenet1.1-7.onnx', 'squeezenet1_0.onnx', 'squeezenet1_1.onnx'], []],
  ]);
});

test('versions with a point divide as others do', () => {
  const names = ['net_v1.0_epoch_1.h5', 'net_v1.0_epoch_2.h5', 'net_v1.5_epoch_1.h5'];
  check([[names, ['net_v1.0_epoch_*.h5 epoch: 1 2', 'net_v1.5_epoch_*.h5 epoch: 1']]]);
});

test('words in the plural, thousands, and other spellings', () => {
  check([
    [['checkpoints_001.keras'], ['checkpoints_*.keras number: 1']],
    [
      ['k32_10_date_0101.1234_epo_0001_valloss_0.4.h5', 'k32_10_date_0101.1234_epo_0002_valloss_0.3.h5'],
      ['k32_10_date_*_epo_*_valloss_*.h5 epoch: 1 2'],
    ],
    [['step_10k.onnx', 'step_20k.onnx'], ['step_*k.onnx step: 10000 20000']],
    [[1000, 2000, 30_000].map((n) => `ppo_${n}_steps.onnx`), ['ppo_*_steps.onnx step: 1000 2000 30000']],
    // So many epochs it was trained for: one model.
    [['my_model_epochs_50.h5'], []],
    [['my_model_epochs_50.h5', 'my_model_epochs_60.h5'], ['my_model_epochs_*.h5 epoch: 50 60']],
  ]);
});

test('folds, copies, times of day and depths behind a version are no runs', () => {
  const rows = [
    [1, 2, 3, 4, 5].map((n) => `kfold_${n}.h5`),
    [1, 2, 3, 4, 5].map((n) => `model_cv_${n}.h5`),
    [1, 2, 3].map((n) => `model (${n}).onnx`),
    [1, 2, 3].map((n) => `converted_tfjs (${n})/model.json`),
    [2, 3, 4].map((n) => `model copy ${n}.h5`),
    ['12-00-00', '13-10-00', '15-00-59'].map((time) => `outputs/2024-01-31/${time}/model.onnx`),
    ['05_12-14-54', '05_02-24-00', '05_02-34-10', '06_02-34-10'].map((time) => `runs/May${time}_mac/model.onnx`),
    [50, 101, 152].flatMap((n) => [`resnet_v1_${n}.h5`, `resnet-v2-${n}.h5`]),
    ['wide_resnet_16_8.h5', 'wide_resnet_28_10.h5', 'wide_resnet_40_4.h5'],
    ['model.quant8.onnx', 'model.quant16.onnx', 'model.int8.onnx', 'model_q4.onnx'],
    [1, 2, 3].map((n) => `train-0000${n}-of-00010.h5`),
    [1, 2, 3].map((n) => `stage-${n}.onnx`),
  ];
  check(rows.map((names) => [names, []]));
  // Within them there may be one.
  check([
    [
      ['outputs/2024-01-31/12-00-00/ckpt-1.onnx', 'outputs/2024-01-31/13-10-00/ckpt-1.onnx'],
      ['outputs/2024-01-31/12-00-00/ckpt-*.onnx number: 1', 'outputs/2024-01-31/13-10-00/ckpt-*.onnx number: 1'],
    ],
  ]);
});

test('a date behind the number is when a checkpoint was saved, unless several have the same', () => {
  check([
    [['model_epoch_1_20240101-120001.h5', 'model_epoch_2_20240101-121502.h5'], ['model_epoch_*_*-*.h5 epoch: 1 2']],
    [['m_e1_20240101_120001.onnx', 'm_e2_20240101_120102.onnx'], ['m_e*_*_*.onnx epoch: 1 2']],
    [[1, 2, 3].map((n) => `model_${n}_2024-01-01_12-00-0${n}.h5`), ['model_*_*-*-*_*-*-*.h5 number: 1 2 3']],
    // Two runs, by when they began.
    [
      ['epoch_1_20240101.h5', 'epoch_2_20240101.h5', 'epoch_1_20240202.h5', 'epoch_2_20240202.h5'],
      ['epoch_*_20240101.h5 epoch: 1 2', 'epoch_*_20240202.h5 epoch: 1 2'],
    ],
    [
      ['20240101_epoch_1.h5', '20240202_epoch_1.h5'],
      ['20240101_epoch_*.h5 epoch: 1', '20240202_epoch_*.h5 epoch: 1'],
    ],
  ]);
});

test('the same number in the name of the folder and of the file in it is one run', () => {
  check([
    [['ck/epoch_1/model_epoch_1.onnx'], ['ck/epoch_*/model_epoch_*.onnx epoch: 1']],
    [['ck/epoch_1/model_epoch_1.onnx', 'ck/epoch_10/model_epoch_10.onnx'], ['ck/epoch_*/model_epoch_*.onnx epoch: 1 10']],
    [['ck/1/model_1.h5', 'ck/2/model_2.h5', 'ck/3/model_3.h5'], ['ck/*/model_*.h5 number: 1 2 3']],
    // Ultralytics' exports of one checkpoint.
    [
      [1, 10].flatMap((n) => [
        `w/epoch${n}.onnx`,
        `w/epoch${n}_saved_model/saved_model.pb`,
        `w/epoch${n}_saved_model/epoch${n}_float16.tflite`,
      ]),
      ['w/epoch*.onnx epoch: 1 10', 'w/epoch*_saved_model/epoch*_float16.tflite epoch: 1 10', 'w/epoch*_saved_model epoch: 1 10'],
    ],
    // Other numbers, and files that all have the first one's.
    [['epoch_1/net_1.onnx', 'epoch_2/net_1.onnx'], ['epoch_*/net_1.onnx epoch: 1 2']],
    [
      ['fold_1/epoch_1.onnx', 'fold_2/epoch_1.onnx'],
      ['fold_1/epoch_*.onnx epoch: 1', 'fold_2/epoch_*.onnx epoch: 1'],
    ],
    [['ckpt-1/epoch_1.onnx', 'ckpt-1/epoch_2.onnx'], ['ckpt-1/epoch_*.onnx epoch: 1 2']],
    [['.ipynb_checkpoints/epoch_1-checkpoint.h5', 'epoch_1.h5'], ['epoch_*.h5 epoch: 1']],
  ]);
});

test('the watch of such a run knows its next checkpoint by the name of the folder', () => {
  const of = (...names: readonly string[]) =>
    findRuns(
      names.map((name) => `/w/${name}`),
      (path) => path,
    )[0];
  const [first, second] = ['ck/epoch_9_lr0.1/net_epoch_9.onnx', 'ck/epoch_10_lr0.1/net_epoch_10.onnx'];
  const run = of(first);
  assert(run);
  const files = new RunFiles(run);
  assert.equal(files.take(['epoch_9_lr0.1', 'epoch_10_lr0.1', 'best', 'logs_2024']), true);
  assert.deepEqual(files.files, of(first, second)?.files);
});

test('a name that begins with its number counts what the folder is called after', () => {
  check([
    [['epochs/01.onnx'], ['epochs/*.onnx epoch: 1']],
    [['out/checkpoints/500/saved_model.pb', 'out/checkpoints/1000/saved_model.pb'], ['out/checkpoints/* number: 500 1000']],
    [['checkpoints/1/epoch_1.h5', 'checkpoints/2/epoch_2.h5'], ['checkpoints/*/epoch_*.h5 number: 1 2']],
    [['exp/0001.keras', 'exp/0002.keras', 'exp/0003.keras'], ['exp/*.keras number: 1 2 3']],
    [['train/1.keras', 'train/2.keras', 'train/3.keras'], ['train/*.keras number: 1 2 3']],
    // One experiment each.
    [[1, 2, 3].map((n) => `runs/${n}/model.h5`), []],
    [[1, 2, 3].map((n) => `exp/${n}/best.onnx`), []],
    [[1, 2, 3].map((n) => `folds/${n}.h5`), []],
    [['checkpoints/1700000000/saved_model.pb', 'checkpoints/2024-01-31.h5', 'checkpoints/3fa9c2b.onnx', 'checkpoints/best.h5'], []],
    [
      ['runs/1/epoch_1.h5', 'runs/1/epoch_2.h5', 'runs/2/epoch_1.h5'],
      ['runs/1/epoch_*.h5 epoch: 1 2', 'runs/2/epoch_*.h5 epoch: 1'],
    ],
  ]);
});
