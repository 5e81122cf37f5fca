/** The training example of the sample workspace: what it writes is what TensorFlow.js computes, and Glassbox reads it as that. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type * as Core from '@tensorflow/tfjs-core';
import { createEngine } from '../../../src/engine/engine.ts';
import { repository, sample } from '../../support/paths.ts';

const require = createRequire(import.meta.url);
const script = join(sample, 'train', 'train.mjs');
const options = ['--stamp', '--epochs', '2', '--pictures', '48'];
const context = { signal: new AbortController().signal, progress: () => {} };
let run: string;

before(async () => {
  run = mkdtempSync(join(tmpdir(), 'glassbox-train-'));
  const env = { ...process.env, GLASSBOX_MODULES: join(repository, 'package.json') };
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...options, '--to', run], { env });
  assert.match(stdout, /epoch 2: loss/);
});
after(() => rmSync(run, { recursive: true, force: true }));

test('a folder for each epoch, whole, and a log', () => {
  assert.deepEqual(readdirSync(join(run, 'checkpoints')), ['epoch_01', 'epoch_02']);
  assert.deepEqual(readdirSync(join(run, 'checkpoints', 'epoch_02')).sort(), ['glassbox.json', 'model.json', 'weights.bin']);
  const lines = readFileSync(join(run, 'history.csv'), 'utf8').trim().split('\n');
  assert.equal(lines[0], 'epoch,loss,accuracy,val_loss,val_accuracy');
  assert.equal(lines.length, 3);
});

test('Glassbox reads from a checkpoint what TensorFlow.js computes', async () => {
  const engine = createEngine({ engine: 'auto', cacheBytes: 2 ** 28 });
  const tf = require('@tensorflow/tfjs-core') as typeof Core;
  const { loadLayersModel } = require('@tensorflow/tfjs-layers') as {
    loadLayersModel(handler: Core.io.IOHandler): Promise<{ predict(x: Core.Tensor): Core.Tensor }>;
  };
  require('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  const image = join(sample, 'images', 'heart', 'heart-01.png');
  const answers: Float32Array[] = [];
  for (const epoch of ['epoch_01', 'epoch_02']) {
    const folder = join(run, 'checkpoints', epoch);
    const model = join(folder, 'model.json');
    const { modelTopology, weightsManifest } = JSON.parse(readFileSync(model, 'utf8'));
    const { buffer, byteOffset, length } = readFileSync(join(folder, 'weights.bin'));
    const weightData = buffer.slice(byteOffset, byteOffset + length);
    const theirs = await loadLayersModel({ load: async () => ({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }) });
    const { logits, top } = await engine.predict({ model, image }, context);
    const picture = await engine.picture({ model, image }, context);
    const fed = tf.tensor4d(
      Float32Array.from(picture.data, (value) => value / 255),
      [1, 96, 96, 3],
    );
    const expected = theirs.predict(fed).dataSync() as Float32Array;
    for (const { index, probability } of top) assert(Math.abs((probability as number) - (expected[index] as number)) < 1e-4);
    answers.push(logits);
  }
  assert.notDeepEqual(answers[0], answers[1], 'an epoch has changed the weights');
});

test('the gradients that the WebAssembly backend lacks are those of the plain backend', async () => {
  const { tf } = (await import(pathToFileURL(join(sample, 'train', 'backend.mjs')).href)) as { tf: typeof Core };
  require('@tensorflow/tfjs-backend-cpu');
  const values = (shape: number[], step: number) =>
    Float32Array.from({ length: shape.reduce((product, side) => product * side) }, (_, i) => Math.sin(i * step + step));
  const gradients = async (backend: string, pad: 'same' | 'valid', side: number) => {
    await tf.setBackend(backend);
    const x = tf.tensor4d(values([2, 9, 8, 3], 1.3), [2, 9, 8, 3]);
    const filter = tf.tensor4d(values([side, side, 3, 4], 0.7), [side, side, 3, 4]);
    const of = tf.grads((a: Core.Tensor, b: Core.Tensor) => tf.sum(tf.square(tf.conv2d(a as Core.Tensor4D, b as Core.Tensor4D, 1, pad))));
    return of([x, filter]).map((each) => each.dataSync() as Float32Array);
  };
  for (const pad of ['same', 'valid'] as const) {
    for (const side of [1, 3, 5]) {
      const [ours, plain] = [await gradients('wasm', pad, side), await gradients('cpu', pad, side)];
      for (const [which, gradient] of ours.entries()) {
        const largest = Math.max(...(plain[which] as Float32Array).map(Math.abs));
        const off = Math.max(...gradient.map((value, i) => Math.abs(value - (plain[which]?.[i] as number))));
        assert(off < 2e-6 * largest, `${pad} ${side}: ${off} of ${largest}`);
      }
    }
  }
});
