/** Trained networks as .keras and .h5 against their TensorFlow.js form, which the golden data is compared with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planForward } from '../../src/explain/plan.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { logitsOf } from '../support/ask.ts';
import { createOrSkip, executors } from '../support/executors.ts';
import { seeded } from '../support/seeded.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

const nets = [
  {
    folder: 'squeezenet-imagenet',

    files: ['squeezenet_v1.0.keras', 'squeezenet_v1.0.h5'],
    name: 'squeezenet_v1_0',
  },
  {
    folder: 'mobilenet-v1-025-imagenet',
    files: ['mobilenet_v1_0.25_224.keras', 'mobilenet_v1_0.25_224.h5'],
    name: 'mobilenet_0.25_224',
  },
];

for (const { folder, files, name } of nets) {
  test(`${folder}: the logits of its TensorFlow.js form`, async (t) => {
    const tfjs = sharedPath(`models/${folder}/tfjs-layers/model.json`);
    if (!tfjs) return t.skip(sharedMissing);
    const engine = executors.find(({ id }) => id === 'onnxruntime');
    const executor = engine && (await createOrSkip(t, engine));
    if (!executor) return;
    const logits = async (model: Model) => {
      const program = await executor.compile(planForward(model));
      const { channels, height, width } = model.input;
      const image = seeded(channels * height * width, { name: folder, scale: 100 });
      const result = await logitsOf(program, model, image);
      await program.dispose();
      return result;
    };
    const known = await openModel(await fileSource(tfjs));
    const expected = await logits(known);
    const largest = expected.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    for (const file of files) {
      const model = await openModel(await fileSource(sharedPath(`models/${folder}/${file}`) as string));
      const actual = await logits(model);
      const worst = actual.reduce((w, v, i) => Math.max(w, Math.abs(v - (expected[i] as number))), 0);
      assert.ok(worst <= 1e-5 * largest, `${file}: off by ${worst} of ${largest}`);
      assert.deepEqual(
        model.layers.map((layer) => [layer.name, layer.kind, layer.parameters]),
        // TensorFlow.js does not know keepdims: its file has a Reshape instead.
        known.layers.filter((layer) => layer.name !== 'keepdims_reshape').map((layer) => [layer.name, layer.kind, layer.parameters]),
      );
      assert.equal(model.hints.modelName, name);
    }
  });
}
