import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { test } from 'node:test';
import { findRuns } from '../../../src/host/training/runs/findRuns.ts';

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
