/**
 * Every family of keras.applications, from Keras' own config and with seeded weights: the logits are those that Keras computes,
 * and the network can be explained. The largest run with GLASSBOX_BIG_TESTS=1 only, where a smaller one stands for them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outlineOf } from '../../src/engine/outline.ts';
import type { Executor } from '../../src/execute/executor.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { createWasm } from '../../src/execute/tfjs/executor.ts';
import { defaultLayer, inputLayer } from '../../src/explain/layers.ts';
import { gradCam } from '../../src/explain/methods/gradCam.ts';
import { saliency } from '../../src/explain/methods/saliency.ts';
import { planForward, planMaps } from '../../src/explain/plan.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import type { Model } from '../../src/importers/model.ts';
import { type Application, applicationNames, imagesOf, importApplication, readApplication } from '../support/kerasApplications.ts';

/** Of the largest logit: float32 sums in another order, through up to 150 layers. */
const TOLERANCE = 1e-4;

const alike: Readonly<Record<string, string>> = {
  vgg19: 'VGG16',
  resnet101: 'ResNet50',
  resnet152v2: 'ResNet50V2',
  efficientnetv2s: 'EfficientNetV2B0',
  'efficientnetb0-imagenet': 'EfficientNetB0',
};
const onWasm = ['mobilenetv3small', 'resnext', 'nasnetmobile'];

/** Where Grad-CAM starts, and its cells. */
const starts: Readonly<Record<string, string>> = {
  'convnexttiny-plain': 'add_17 2×2',
  convnexttiny: 'add_17 2×2',
  densenet121: 'relu 2×2',
  'efficientnetb0-imagenet': 'top_activation 7×7',
  efficientnetb0: 'top_activation 2×2',
  'efficientnetv2b0-plain': 'top_activation 2×2',
  efficientnetv2b0: 'top_activation 2×2',
  efficientnetv2s: 'top_activation 2×2',
  inceptionresnetv2: 'conv_7b_ac 2×2',
  inceptionv3: 'mixed10 2×2',
  mobilenet: 'conv_pw_13_relu 2×2',
  mobilenetv2: 'out_relu 2×2',
  mobilenetv3large: 'activation_19 2×2',
  'mobilenetv3small-plain': 're_lu_22 2×2',
  mobilenetv3small: 'activation_17 2×2',
  nasnetmobile: 'activation_187 2×2',
  resnet101: 'conv5_block3_out 2×2',
  resnet152v2: 'post_relu 2×2',
  resnet50: 'conv5_block3_out 2×2',
  resnet50v2: 'post_relu 2×2',
  resnext: 're_lu_12 12×12',
  vgg16: 'block5_conv3 2×2',
  vgg19: 'block5_conv4 2×2',
  xception: 'block14_sepconv2_act 3×3',
};

/** The largest receptive field, as Araujo, Norris and Sim list it (Distill 2019), where they have the network. */
const fields: Readonly<Record<string, number>> = {
  vgg16: 212,
  resnet50: 483,
  resnet101: 1027,
  resnet152v2: 1507,
  mobilenet: 315,
  inceptionv3: 1311,
  inceptionresnetv2: 3039,
};

/** Networks that rescale by themselves, and by which layers. */
const rescaled: Readonly<Record<string, readonly string[]>> = {
  'efficientnetb0-imagenet': ['rescaling', 'normalization', 'rescaling_1'],
  efficientnetb0: ['rescaling', 'normalization'],
};

for (const name of applicationNames) {
  test(`keras.applications: ${name}`, async (t) => {
    if (alike[name] && !process.env.GLASSBOX_BIG_TESTS)
      return t.skip(`left out: ${alike[name]} runs; set GLASSBOX_BIG_TESTS=1 to run this one too`);
    const application = readApplication(name);
    const model = importApplication(application);
    const onnxruntime = await createOnnxRuntime();
    await hasTheLogits(application, model, onnxruntime);
    if (onWasm.includes(name)) await hasTheLogits(application, model, await createWasm());
    hasItsLayers(application, model);
    const layer = defaultLayer(model);
    assert.equal(`${layer.name} ${layer.shape.slice(2).join('×')}`, starts[name]);
    await isExplained(application, model, layer.name, onnxruntime);
  });
}

async function hasTheLogits(application: Application, model: Model, executor: Executor): Promise<void> {
  const program = await executor.compile(planForward(model));
  const results = await program.run({ [model.input.value]: imagesOf(application) });
  await program.dispose();
  const actual = results[model.logits] as Tensor;
  const expected = application.logits.flat();
  assert.deepEqual(actual.shape, [application.logits.length, model.classes]);
  const largest = Math.max(...expected.map(Math.abs));
  const off = Math.max(...expected.map((v, i) => Math.abs((actual.data[i] as number) - v)));
  assert.ok(off <= TOLERANCE * largest, `logits are off by ${off / largest} of the largest, ${largest}`);
}

/** The layers of the file in its order, all weights theirs, and a receptive field that grows with depth. */
function hasItsLayers(application: Application, model: Model): void {
  const weights = application.weights.reduce((sum, [, shape]) => sum + shape.reduce((n, d) => n * d, 1), 0);
  assert.equal(
    model.layers.reduce((sum, layer) => sum + layer.parameters, 0),
    weights,
  );
  assert.equal(model.activation, 'softmax');
  assert.equal(new Set(model.layers.map((layer) => layer.name)).size, model.layers.length);
  const outline = outlineOf(model, { layers: model.layers.map(({ name }) => ({ name })) } as never, new Set());
  const seen = outline.layers.flatMap(({ receptiveField }) => (receptiveField ? [Math.max(...receptiveField.size)] : []));
  if (fields[application.name]) assert.equal(Math.max(...seen), fields[application.name]);
  if (rescaled[application.name]) assert.deepEqual(model.hints.rescaling, rescaled[application.name]);
  const plain = application.input[3] === 0;
  assert.equal(model.hints.rescaling === undefined, plain, 'networks for -1..1 leave the rescaling to the caller, others do not');
}

async function isExplained(application: Application, model: Model, layer: string, executor: Executor): Promise<void> {
  const plan = planMaps(model, [
    { method: gradCam, variant: 'standard', layer },
    { method: saliency, variant: 'max', layer: inputLayer },
  ]);
  const program = await executor.compile(plan.graph);
  const { channels, height, width } = model.input;
  const image = imagesOf(application).data.slice(0, channels * height * width);
  const target = new Float32Array(model.classes);
  target[1] = 1;
  const results = await program.run({
    [model.input.value]: float32([1, channels, height, width], image as Float32Array),
    [plan.classInput]: float32([1, model.classes], target),
  });
  await program.dispose();
  for (const map of plan.maps) {
    const { data } = results[map] as Tensor;
    assert.ok((data as Float32Array).every(Number.isFinite), map);
    assert.ok(
      (data as Float32Array).some((v) => v !== 0),
      `${map} is not empty`,
    );
  }
}
