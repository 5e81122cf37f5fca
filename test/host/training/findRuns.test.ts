import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { test } from 'node:test';
import { findRuns } from '../../../src/host/training/runs/findRuns.ts';

const label = (path: string) => relative('/w', path);

/** Runs as `label axis: numbers`. */
function runs(...names: readonly string[]): string[] {
  return runsOf(names).map((run) => `${run.label} ${run.axis}: ${run.files.map(({ at }) => at).join(' ')}`);
}

function runsOf(names: readonly string[], options = {}) {
  return findRuns(
    names.map((name) => `/w/${name}`),
    label,
    options,
  );
}

test('words that say what is counted make a run of one file, in file and folder names', () => {
  assert.deepEqual(runs('m/epoch_01/model.json'), ['m/epoch_* epoch: 1']);
  assert.deepEqual(runs('ckpt-5.onnx'), ['ckpt-*.onnx number: 5']);
  assert.deepEqual(runs('checkpoint_000100.keras'), ['checkpoint_*.keras number: 100']);
  assert.deepEqual(runs('step_5000/saved_model.pb'), ['step_* step: 5000']);
  assert.deepEqual(runs('iter10000.onnx'), ['iter*.onnx step: 10000']);
  assert.deepEqual(runs('global_step_7.h5'), ['global_step_*.h5 step: 7']);
  assert.deepEqual(runs('resnet18-Epoch05.h5'), ['resnet18-Epoch*.h5 epoch: 5']);
  assert.deepEqual(runs('checkpoint-500/model.onnx'), ['checkpoint-*/model.onnx number: 500']);
  assert.deepEqual(runs('epoch10.keras', 'epoch2.keras', 'epoch1.keras'), ['epoch*.keras epoch: 1 2 10']);
});

test('losses and the like neither count nor divide', () => {
  assert.deepEqual(runs('weights.03-0.45.keras', 'weights.04-0.39.keras', 'weights.05-1.00.keras'), ['weights.*-*.keras number: 3 4 5']);
  assert.deepEqual(runs('model-07-0.31.h5', 'model-08-0.30.h5', 'model-12-0.2.h5'), ['model-*-*.h5 number: 7 8 12']);
  assert.deepEqual(runs('ep003-loss14.5-val_loss13.2.h5', 'ep006-loss12.1-val_loss12.h5'), ['ep*-loss*-val_loss*.h5 epoch: 3 6']);
  assert.deepEqual(runs('epoch=03-val_acc=0.9.onnx', 'epoch=04-val_acc=1.onnx'), ['epoch=*-val_acc=*.onnx epoch: 3 4']);
  assert.deepEqual(runs('net_lr1e-4_epoch3.h5', 'net_lr1e-4_epoch4.h5'), ['net_lr*_epoch*.h5 epoch: 3 4']);
});

test("Lightning: the epoch counts, the step where several are of one epoch; its '-v1' is of the same run", () => {
  assert.deepEqual(runs('epoch=3-step=400.onnx'), ['epoch=*-step=*.onnx epoch: 3']);
  assert.deepEqual(runs('epoch=3-step=400.onnx', 'epoch=4-step=500.onnx'), ['epoch=*-step=*.onnx epoch: 3 4']);
  assert.deepEqual(runs('epoch=0-step=100.onnx', 'epoch=0-step=200.onnx', 'epoch=1-step=300.onnx'), [
    'epoch=*-step=*.onnx step: 100 200 300',
  ]);
  assert.deepEqual(runs('epoch=3-step=400.onnx', 'epoch=3-step=400-v1.onnx'), ['epoch=*-step=*.onnx epoch: 3 3']);
});

test('numbers that stand alone need three files', () => {
  assert.deepEqual(runs('0001.keras', '0002.keras', '0010.keras'), ['*.keras number: 1 2 10']);
  assert.deepEqual(runs('model_1/model.json', 'model_2/model.json', 'model_3/model.json'), ['model_* number: 1 2 3']);
  assert.deepEqual(runs('1/saved_model.pb', '2/saved_model.pb', '3/saved_model.pb'), ['* number: 1 2 3']);
  assert.deepEqual(runs('0001.keras', '0002.keras'), []);
  assert.deepEqual(runs('model_1/model.json', 'model_2/model.json'), []);
  // No number twice.
  assert.deepEqual(runs('model-03-0.1.h5', 'model-03-0.2.h5', 'model-04-0.2.h5'), []);
});

test('short words need two files', () => {
  assert.deepEqual(runs('net_e5.h5'), []);
  assert.deepEqual(runs('net_e5.h5', 'net_e6.h5'), ['net_e*.h5 epoch: 5 6']);
  assert.deepEqual(runs('cp-0001.weights.h5', 'cp-0002.weights.h5'), ['cp-*.weights.h5 number: 1 2']);
});

test('architectures, sizes, dates, hashes, versions and experiments are no runs', () => {
  for (const names of [
    ['resnet18.onnx', 'resnet50.onnx', 'resnet101.onnx'],
    ['resnet-18.onnx', 'resnet-34.onnx', 'resnet-50.onnx', 'resnet-101.onnx'],
    ['vgg-16.onnx', 'vgg-19.onnx'],
    ['mobilenet_v1.h5', 'mobilenet_v2.h5', 'mobilenet_v3.h5'],
    ['yolov8n.onnx', 'yolov8s.onnx', 'yolov5n.onnx'],
    ['net_128.onnx', 'net_160.onnx', 'net_192.onnx', 'net_224.onnx'],
    ['mobilenet_v2_1.0_96.h5', 'mobilenet_v2_1.0_160.h5', 'mobilenet_v2_0.5_224.h5'],
    ['net_batch1.onnx', 'net_batch8.onnx', 'net_batch32.onnx'],
    ['cats_20240101.onnx', 'cats_20240102.onnx', 'cats_20240103.onnx'],
    ['2024-01-31/model.json', '2024-02-01/model.json', '2024-02-02/model.json'],
    ['20240131-120000.onnx', '20240131-120500.onnx', '20240131-121000.onnx'],
    ['1700000000/saved_model.pb', '1700000100/saved_model.pb', '1700000200/saved_model.pb'],
    ['net_2022.h5', 'net_2023.h5', 'net_2024.h5'],
    ['model-3fa9c2b.onnx', 'model-8e12ab4.onnx', 'model-91b3c7d.onnx'],
    ['net-1.0.1.onnx', 'net-1.0.2.onnx', 'net-1.0.3.onnx'],
    ['fold_0/model.json', 'fold_1/model.json', 'fold_2/model.json', 'fold_3/model.json'],
    ['net_opset_11.onnx', 'net_opset_12.onnx', 'net_opset_13.onnx'],
    ['model1.h5', 'model2.h5', 'model3.h5'],
    ['checkpoint.onnx', 'epoch.h5'],
  ])
    assert.deepEqual(runs(...names), [], names.join(' '));
});

test('sibling folders, formats and experiments have runs of their own', () => {
  assert.deepEqual(
    runs(
      'a/epoch_1.h5',
      'a/epoch_2.h5',
      'b/epoch_1.h5',
      'fold_1/epoch_1/model.json',
      'fold_2/epoch_1/model.json',
      's_seed1_epoch1.h5',
      's_seed2_epoch1.h5',
    ),
    [
      'a/epoch_*.h5 epoch: 1 2',
      'b/epoch_*.h5 epoch: 1',
      'fold_1/epoch_* epoch: 1',
      'fold_2/epoch_* epoch: 1',
      's_seed1_epoch*.h5 epoch: 1',
      's_seed2_epoch*.h5 epoch: 1',
    ],
  );
  assert.deepEqual(runs('e/epoch_1.keras', 'e/epoch_1.onnx', 'e/epoch_2.keras'), ['e/epoch_*.keras epoch: 1 2', 'e/epoch_*.onnx epoch: 1']);
  assert.deepEqual(runs('epoch_1/model.json', 'epoch_1/saved_model.pb', 'epoch_2/model.json', 'epoch_1/net.onnx'), [
    'epoch_*/model.json epoch: 1 2',
    'epoch_*/net.onnx epoch: 1',
    'epoch_*/saved_model.pb epoch: 1',
  ]);
});

test('what lies beside, and what is still called by a temporary name, is no part of it', () => {
  assert.deepEqual(
    runs(
      'epoch_1.keras',
      'best.keras',
      'last.keras',
      'final/model.json',
      'epoch_2.tmp.keras',
      '.epoch_3.keras',
      'epoch_4.part/model.json',
      'best_epoch_7.keras',
    ),
    ['epoch_*.keras epoch: 1'],
  );
});

test('a number far above the file needs a second one; what the workspace itself is called says nothing', () => {
  assert.deepEqual(runs('step_1/export/saved_model.pb'), []);
  assert.deepEqual(runs('step_1/export/saved_model.pb', 'step_2/export/saved_model.pb'), ['step_*/export step: 1 2']);
  assert.deepEqual(runsOf(['step_2/net.onnx'], { roots: ['/w/step_2'] }), []);
  assert.equal(runsOf(['step_2/step_3/net.onnx'], { roots: ['/w/step_2'] })[0]?.label, 'step_2/step_*/net.onnx');
});

test('numbers are exact beyond 32 bits, in order of value; others than safe integers do not count', () => {
  assert.deepEqual(runs('step_4294967297.onnx', 'step_999999999999.onnx', 'step_12.onnx'), [
    'step_*.onnx step: 12 4294967297 999999999999',
  ]);
  assert.deepEqual(runs('step_99999999999999999999.onnx'), []);
});

test('a run names its folder, checkpoints by their names, and is the same whatever else is there', () => {
  const [run] = runsOf(['r/ckpt-1.onnx', 'r/ckpt-12.onnx']);
  assert.deepEqual(run, {
    ...{ id: '/w/r/ckpt-*.onnx', kind: 'checkpoints', label: 'r/ckpt-*.onnx', axis: 'number', folder: '/w/r' },
    files: [
      { path: '/w/r/ckpt-1.onnx', name: 'ckpt-1', at: 1 },
      { path: '/w/r/ckpt-12.onnx', name: 'ckpt-12', at: 12 },
    ],
  });
  const [folders] = runsOf(['r/epoch_07/model.json']);
  assert.deepEqual(
    [folders?.id, folders?.folder, folders?.files],
    ['/w/r/epoch_*/model.json', '/w/r', [{ path: '/w/r/epoch_07/model.json', name: 'epoch_07', at: 7 }]],
  );
});

test('where a person says which files are checkpoints, one is enough', () => {
  assert.deepEqual(
    runsOf(['net_224.onnx', 'x/7.keras'], { told: true }).map(({ label: of, files }) => `${of} ${files[0]?.at}`),
    ['net_*.onnx 224', 'x/*.keras 7'],
  );
});

test('five thousand files are looked through with little work', () => {
  const names = Array.from({ length: 5000 }, (_, i) => `runs/${i % 50}/weights.${i}-${(i / 7).toFixed(3)}.keras`);
  // What others do on the same machine does not count.
  const before = process.cpuUsage();
  assert.equal(runsOf(names).length, 50);
  assert(process.cpuUsage(before).user < 2_000_000);
});
