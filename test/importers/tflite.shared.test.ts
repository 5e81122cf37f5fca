// Real trained TFLite files of ../shared against what TensorFlow computes with the same weights.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { float32 } from '../../src/graph/graph.ts';
import { decodeImage } from '../../src/image/decode.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { closeTo } from '../support/closeTo.ts';
import { Golden } from '../support/golden.ts';
import { runGraph } from '../support/onnxReference.ts';
import { goldenInput, realNets } from '../support/realNets.ts';
import { seeded } from '../support/seeded.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

const open = async (path: string): Promise<Model> => openModel(await fileSource(path));

async function logits(model: Model, images: Float32Array): Promise<Float32Array> {
  const { value, channels, height, width } = model.input;
  const count = images.length / (channels * height * width);
  const { [model.logits]: values } = await runGraph(model.graph, [model.logits], {
    [value]: float32([count, channels, height, width], images),
  });
  return values as Float32Array;
}

for (const [net, file] of [
  ['squeezenet', 'squeezenet-imagenet/squeezenet_v1.0_float.tflite'],
  ['mobilenet', 'mobilenet-v1-025-imagenet/mobilenet_v1_0.25_224_float.tflite'],
] as const) {
  test(`${net}: the logits of TensorFlow.js Layers on every golden image, within 1e-4`, async (t) => {
    const golden = Golden.open(`realnets/${net}`);
    const path = sharedPath(`models/${file}`);
    if (!golden || !path) return t.skip(sharedMissing);
    const model = await open(path);
    const real = realNets.find(({ name }) => name === net);
    assert.ok(real && model.activation === 'softmax' && model.classes === 1000);
    for (const image of golden.manifest.images ?? []) {
      closeTo(await logits(model, goldenInput(golden, image, model, real)), golden.values(`${image.key}_logits.f32`), 1e-4, image.key);
    }
    return undefined;
  });
}

const folder = 'models/resnet8-cifar10-and-vww';

for (const [file, keras] of [
  ['pretrainedResnet.tflite', 'pretrainedResnet.h5'],
  ['vww_96_float.tflite', 'vww_96.h5'],
] as const) {
  test(`${file}: the logits of the Keras file it was converted from, within 1e-4`, async (t) => {
    const [ours, theirs] = [sharedPath(`${folder}/${file}`), sharedPath(`${folder}/${keras}`)];
    if (!ours || !theirs) return t.skip(sharedMissing);
    const [model, reference] = [await open(ours), await open(theirs)];
    const { channels, height, width } = model.input;
    const images = seeded(3 * channels * height * width, { name: file, scale: 1 });
    closeTo(await logits(model, images), await logits(reference, images), 1e-4, file);
    return undefined;
  });
}

/** What TensorFlow's int8 interpreter says for the hundred images of sample100, in their order. */
const int8Answers = '3888661631095798578670495240966545914195465609397698738873237512121758892935811729200340045114214616';

test('pretrainedResnet_quant.tflite: the classes of the int8 interpreter', async (t) => {
  const [file, images] = [sharedPath(`${folder}/pretrainedResnet_quant.tflite`), sharedPath('datasets/cifar10-test/sample100')];
  if (!file || !images) return t.skip(sharedMissing);
  const model = await open(file);
  // Pixels as they are: scale 1 and zero point −128 of an int8 input.
  assert.deepEqual(model.hints.normalization, { mean: [0], std: [1], from: 'quantisation of the TFLite input' });
  const names = readdirSync(images).filter((name) => name.endsWith('.png'));
  const cells = 32 * 32;
  const fed = new Float32Array(names.length * 3 * cells);
  for (const [i, name] of names.sort().entries()) {
    const { data } = await decodeImage(join(images, name));
    for (let k = 0; k < 3 * cells; k++) fed[i * 3 * cells + (k % 3) * cells + Math.floor(k / 3)] = data[k] as number;
  }
  const scores = await logits(model, fed);
  let same = 0;
  let gap = 0;
  for (let i = 0; i < names.length; i++) {
    const row = scores.subarray(10 * i, 10 * i + 10);
    const behind = Math.max(...row) - (row[Number(int8Answers[i])] as number);
    same += Number(behind === 0);
    gap = Math.max(gap, behind);
  }
  // Logits have a standard deviation of 5.9 and the interpreter is off the float network by up to 1.5.
  assert.ok(same >= 98 && gap < 0.5, `${same} of ${names.length} images have the interpreter's class, which is behind by up to ${gap}`);
  return undefined;
});
