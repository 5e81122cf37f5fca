import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyUnreadable } from '../../../src/host/training/runs/unreadable.ts';

test('each kind of checkpoint that cannot be read says why, and what to write instead', () => {
  const rows: readonly (readonly [string, RegExp])[] = [
    [
      'lightning_logs/version_0/checkpoints/epoch=3-step=400.ckpt',
      /^lightning_logs\/.*\.ckpt is PyTorch’s own format.* Export the network/,
    ],
    ['runs/train/exp/weights/epoch12.pt', /PyTorch.* Export/],
    ['work_dirs/epoch_12.pth', /PyTorch.* Export/],
    ['out/checkpoint-500/model.safetensors', /weights without their network\. Export/],
    // TensorFlow's three files of one checkpoint.
    ['training_1/cp-0001.ckpt.index', /^training_1\/cp-0001\.ckpt holds weights without their network\. Save whole models.*\.keras/],
  ];
  for (const [label, expected] of rows) assert.match(whyUnreadable(label), expected);
});
