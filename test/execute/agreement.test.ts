/**
 * Whole explanation plans (logits, saliency, Grad-CAM at every layer) on the TensorFlow.js engines against onnxruntime, on
 * networks with seeded weights and, where ../shared is there, on trained ones.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Executor, Tensors } from '../../src/execute/executor.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { inputLayer } from '../../src/explain/layers.ts';
import { type MapSpec, type Plan, planMaps } from '../../src/explain/plan.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { inputTensor, oneHot } from '../support/ask.ts';
import { everyMap } from '../support/everyMap.ts';
import { createOrSkip, executors } from '../support/executors.ts';
import { largestDifference, similarity } from '../support/golden.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';
import { mobileNet, squeezeNet } from '../support/syntheticNets.ts';

/** Largest difference, of the largest value. Maps at early layers feel every unit on the way that sits at 0 and flips with the rounding. */
const LOGITS = 1e-4;
const MAPS = 1e-3;

const shared = (path: string) => async () => {
  const file = sharedPath(`models/${path}`);
  return file === undefined ? undefined : await openModel(await fileSource(file));
};

const networks: readonly { name: string; open(): Promise<Model | undefined> }[] = [
  { name: 'SqueezeNet, seeded weights', open: async () => squeezeNet() },
  { name: 'MobileNet, seeded weights', open: async () => mobileNet() },
  { name: 'SqueezeNet', open: shared('squeezenet-imagenet/tfjs-layers/model.json') },
  { name: 'MobileNet v1', open: shared('mobilenet-v1-025-imagenet/tfjs-layers/model.json') },
  { name: 'MobileNet v3', open: shared('mobilenet-v3-small-3class/mobilenet_v3_small_opset17.onnx') },
  { name: 'ShuffleNet', open: shared('onnx-topologies/light_shufflenet.onnx') },
  { name: 'DenseNet121', open: shared('onnx-topologies/light_densenet121.onnx') },
];

for (const engine of executors.filter((e) => e.id !== 'onnxruntime')) {
  for (const network of networks) {
    test(`${network.name} on ${engine.id}`, async (t) => {
      const executor = await createOrSkip(t, engine);
      if (!executor) return;
      const model = await network.open();
      if (!model) return t.skip(sharedMissing);
      await compare(model, executor);
    });
  }
}

async function compare(model: Model, executor: Executor): Promise<void> {
  const specs = everyMap(model, ['grad-cam', 'saliency']);
  const plan = planMaps(model, specs);
  const onnxruntime = await createOnnxRuntime();
  const logits = (await runOnce(onnxruntime, plan, feed(model, plan, 0)))[plan.logits]?.data as Float32Array;
  const feeds = feed(model, plan, logits.indexOf(Math.max(...logits)));
  const expected = await runOnce(onnxruntime, plan, feeds);
  const actual = await runOnce(executor, plan, feeds);
  for (const [i, name] of [plan.logits, ...plan.maps].entries()) {
    const [a, e] = [actual[name]?.data as Float32Array, expected[name]?.data as Float32Array];
    assert.deepEqual([...(actual[name]?.shape ?? [])], [...(expected[name]?.shape ?? [])], name);
    const spec = specs[i - 1];
    if (!spec) assertClose(a, e, LOGITS, 'logits');
    // Single pixels of the input's gradient say nothing in a deep network (golden/README).
    else if (spec.layer === inputLayer) assertAlike(a, e, label(spec));
    else assertClose(a, e, MAPS, label(spec));
  }
}

const label = ({ method, variant, layer }: MapSpec) => `${method.info.id} ${variant} at ${layer}`;

function assertClose(actual: Float32Array, expected: Float32Array, tolerance: number, what: string): void {
  const scale = expected.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  const difference = largestDifference(actual, expected);
  assert.ok(difference <= tolerance * scale, `${what}: differs by ${difference} of ${scale}`);
}

function assertAlike(actual: Float32Array, expected: Float32Array, what: string): void {
  const { cosine, relL2 } = similarity(actual, expected);
  assert.ok(cosine >= 0.9999 && relL2 <= 2e-2, `${what}: cosine ${cosine}, relative error ${relL2}`);
}

async function runOnce(executor: Executor, plan: Plan, feeds: Tensors): Promise<Tensors> {
  const program = await executor.compile(plan.graph);
  try {
    return await program.run(feeds);
  } finally {
    await program.dispose();
  }
}

/** Seeded noise as the image. */
function feed(model: Model, plan: Plan, target: number): Tensors {
  const { channels, height, width, value } = model.input;
  let state = 1;
  const noise = () => {
    state = (state * 16807) % 2147483647;
    return (state / 2147483647) * 2 - 1;
  };
  return {
    [value]: inputTensor(model, Float32Array.from({ length: channels * height * width }, noise)),
    [plan.classInput]: oneHot(model.classes, target),
  };
}
