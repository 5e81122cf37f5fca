import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeJob } from '../../../src/host/describeJob.ts';
import type { TrainingCalls } from '../../../src/shared/trainingProtocol.ts';

test('an engine that ends says what it was doing with a training run', () => {
  const model = '/runs/a/epoch_07/model.json';
  const images = Array.from({ length: 12 }, (_, i) => `/d/${i}.png`);
  assert.equal(describeJob('probeFrames', { model, images }), 'reading the checkpoint epoch_07 with 12 probes');
  assert.equal(describeJob('probeFrames', { model, images: ['/d/a.png'] }), 'reading the checkpoint epoch_07 with 1 probe');
  assert.equal(describeJob('wholeSet', { model, images }), 'evaluating the checkpoint epoch_07 on 12 pictures');
  assert.equal(describeJob('trainingLogs', { files: ['/runs/a/log.csv'] }), 'reading a training log');
  const calls: Record<keyof TrainingCalls, true> = {
    ...{ probeFrames: true, wholeSet: true, recall: true, drift: true, forgetVersion: true, mapLayers: true, trainingLogs: true },
  };
  for (const call of Object.keys(calls)) assert.doesNotMatch(describeJob(call, { model }), /answering|undefined/, call);
});
