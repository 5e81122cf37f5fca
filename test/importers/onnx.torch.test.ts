// Networks of torchvision and timm from both PyTorch exporters: the logits of the file, a layer to look at, gradients there
// and at the image. A folder of more of them is tried with GLASSBOX_ZOO=folder (test/data/torch/make.py makes it).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Executor } from '../../src/execute/executor.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { createWasm } from '../../src/execute/tfjs/executor.ts';
import { defaultLayer } from '../../src/explain/layers.ts';
import { float32 } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { newBuilder } from '../../src/ops/index.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { differentiate } from '../../src/transform/differentiate.ts';
import { apart, committedZoo, type ZooEntry, zooImage, zooIn, zooSource } from '../support/torchZoo.ts';

/** Exported for one image, and written so that no other number fits. */
const oneAtATime = /^(tv-swin|vit_|test_vit|edgenext|mobilevit)/;
/** Where gradients are asked for as well, which takes as long again: every kind of block. */
const withGradients =
  /^(tv-mobilenet_v3_small|tv-shufflenet|tv-densenet121|tv-squeezenet|convnextv2|res2net|resnest14d.legacy|ghostnet_050.legacy|nf_resnet26.legacy|skresnet18.legacy|poolformer|mobilevit|inception_next|vit_tiny)/;
/** What another engine is asked too: grouped and shuffled channels, gates, layer norms in channels-last, computed weights. */
const onWasm = [
  'tv-squeezenet1_1.dynamo',
  'tv-shufflenet_v2_x0_5.dynamo',
  'tv-mobilenet_v3_small.legacy',
  'convnextv2_atto.legacy',
  'nf_resnet26.legacy',
];

const runtime = await createOnnxRuntime();

async function logitsOff(executor: Executor, model: Model, entry: ZooEntry): Promise<number> {
  const program = await executor.compile({ ...model.graph, outputs: [model.logits] });
  const results = await program.run({ [model.input.value]: zooImage(entry) });
  await program.dispose();
  return apart(results[model.logits]?.data as Float32Array, entry.logits);
}

/** Gradients of the first logit by the layer where Grad-CAM starts and by the image. */
async function gradients(model: Model, layer: string, entry: ZooEntry): Promise<Float32Array[]> {
  const b = newBuilder(model.graph);
  const seed = b.input('seed', { dtype: 'float32', shape: [...b.shape(model.logits)] });
  const found = differentiate(b, model.logits, seed, [layer, model.input.value]);
  const outputs = [...new Set(found.values())];
  assert.equal(outputs.length, 2);
  const program = await runtime.compile(b.build(outputs));
  const first = float32([1, model.classes], [1, ...new Array<number>(model.classes - 1).fill(0)]);
  const results = await program.run({ [model.input.value]: zooImage(entry), seed: first });
  await program.dispose();
  return outputs.map((name) => results[name]?.data as Float32Array);
}

for (const entry of committedZoo.entries) {
  const name = entry.file.replace('.onnx.gz', '');
  test(name, async () => {
    const model = await openModel(zooSource(committedZoo.folder, entry));
    assert.equal(model.graph.inputs.get(model.input.value)?.shape[0], oneAtATime.test(name) ? 1 : 'N', 'batch');
    const off = await logitsOff(runtime, model, entry);
    assert.ok(off < 1e-4, `logits: ${off} of the largest`);
    const { value, shape } = defaultLayer(model);
    assert.ok(shape.length === 4 && Number(shape[2]) * Number(shape[3]) > 1);
    for (const gradient of withGradients.test(name) ? await gradients(model, value, entry) : []) {
      assert.ok(gradient.every(Number.isFinite) && gradient.some((v) => v !== 0));
    }
    if (!onWasm.includes(name)) return;
    const there = await logitsOff(await createWasm(), model, entry);
    assert.ok(there < 1e-4, `wasm: ${there} of the largest`);
  });
}

test('each of what wasm is asked is there', () => {
  for (const name of onWasm)
    assert.ok(
      committedZoo.entries.some(({ file }) => file.startsWith(name)),
      name,
    );
});

const folder = process.env.GLASSBOX_ZOO;
if (!folder) test('the whole zoo', (t) => t.skip('left out: set GLASSBOX_ZOO to the folder that test/data/torch/make.py wrote'));
for (const entry of folder ? zooIn(folder).entries : []) {
  test(`zoo: ${entry.file}`, async (t) => {
    try {
      const model = await openModel(zooSource(folder as string, entry));
      const off = await logitsOff(runtime, model, entry);
      t.diagnostic(`${off.toExponential(1)} of the largest logit`);
      // Weights drawn anew make some networks amplify rounding: the committed ones hold 1e-4.
      assert.ok(off < 1e-3, `logits: ${off} of the largest`);
    } catch (error) {
      if (!(error instanceof ModelError) || error.code !== 'unsupported') throw error;
      assert.ok(error.where, 'names the node');
      t.skip(`left out: ${error.message}`);
    }
  });
}
