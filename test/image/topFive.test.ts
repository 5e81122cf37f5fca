/** From file to probabilities, against numbers made with Pillow and TensorFlow Lite (models/squeezenet-imagenet/reference_top5.json). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { decodeImage } from '../../src/image/decode.ts';
import { preprocess } from '../../src/image/preprocess.ts';
import { understand } from '../../src/sidecar/understand.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

type Reference = Record<string, { top5: [number, string, number][] }>;

test('SqueezeNet: top 5 of decoded, resized, normalised photographs', async (t) => {
  const folder = sharedPath('models/squeezenet-imagenet');
  const photos = sharedPath('images');
  if (!folder || !photos) return t.skip(sharedMissing);
  const reference = JSON.parse(readFileSync(join(folder, 'reference_top5.json'), 'utf8')) as Reference;
  const file = join(folder, 'squeezenet_v1.0.onnx');
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const input = { value: 'x', name: 'x', channels: 3, height: 227, width: 227, layout: 'NCHW' as const };
  const { labels, preprocessing } = await understand({ file, classes: 1000, hints: {}, input });
  for (const photo of ['grad-cam/both.png', 'misc/goldfish.jpg', 'misc/bear.jpg']) {
    const { tensor } = preprocess(await decodeImage(join(photos, photo)), preprocessing!, input);
    const output = await session.run({ [session.inputNames[0]!]: new Tensor('float32', tensor, [1, 3, 227, 227]) });
    const probabilities = output[session.outputNames[0]!]!.data as Float32Array;
    for (const [index, name, expected] of reference[photo.split('/')[1]!]!.top5) {
      assert.ok(Math.abs(probabilities[index]! - expected) < 1e-5, `${photo}, ${name}: ${probabilities[index]}, reference ${expected}`);
      assert.equal(labels?.[index], name);
    }
  }
});
