// Real and golden model files: structure, names, logits and activations.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { decodeModel } from '../../src/formats/onnx/read.ts';
import { check } from '../../src/graph/check.ts';
import { elements, float32 } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { infer } from '../../src/ops/index.ts';
import { closeTo } from '../support/closeTo.ts';
import { noise } from '../support/onnxModels.ts';
import { runGraph, runOriginal } from '../support/onnxReference.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

async function open(file: string): Promise<Model> {
  const model = await openModel({ file, bytes: readFileSync(file), read: (name) => readFile(join(dirname(file), name)) });
  check(model.graph, infer);
  return model;
}

interface Manifest {
  arrays: { file: string; shape: number[]; layer?: string; tolerance: { abs: number } }[];
  models: { file: string; format: string; nodeToTensor?: Record<string, string> }[];
}

function array(folder: string, manifest: Manifest, file: string) {
  const entry = manifest.arrays.find((a) => a.file === file);
  assert.ok(entry, `the manifest lists ${file}`);
  const bytes = readFileSync(join(folder, file));
  const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { shape: entry.shape, data, tolerance: entry.tolerance.abs };
}

function within(actual: Float32Array, expected: Float32Array, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, `${what}: number of elements`);
  const worst = actual.reduce((w, v, i) => Math.max(w, Math.abs(v - (expected[i] as number))), 0);
  assert.ok(worst <= tolerance, `${what}: off by ${worst}, tolerance ${tolerance}`);
}

const nets = ['a_plain', 'b_residual', 'c_mobile', 'd_inception', 'e_se_silu', 'f_dilated_grouped'];
for (const net of nets) {
  for (const file of ['model.onnx', 'model_bn.onnx', 'model_dynamo.onnx']) {
    test(`golden ${net}/${file}: logits and every activation`, async (t) => {
      const folder = sharedPath(`golden/tinynets/${net}`);
      if (!folder) return t.skip(sharedMissing);
      const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
      const entry = manifest.models.find((m) => m.file === `models/${file}`);
      if (!entry?.nodeToTensor) return t.skip(`${net} has no ${file}`);
      const model = await open(join(folder, entry.file));
      const input = array(folder, manifest, 'input.f32');
      const byName = new Map(model.layers.flatMap((l) => [l.name, ...l.aliases].map((name) => [name, l] as const)));
      const wanted: [file: string, value: string][] = [['logits.f32', model.logits]];
      for (const [node, tensor] of Object.entries(entry.nodeToTensor)) {
        const layer = byName.get(tensor);
        assert.ok(layer, `${tensor} is a layer or an alias of one`);
        if (manifest.arrays.some((a) => a.file === `act_${node}.f32`)) wanted.push([`act_${node}.f32`, layer.value]);
      }
      assert.ok(wanted.length > 5, 'activations are compared');
      const values = wanted.map(([, value]) => value);
      const results = await runGraph(model.graph, values, { [model.input.value]: float32(input.shape, input.data) });
      for (const [golden, value] of wanted) {
        const expected = array(folder, manifest, golden);
        within(results[value] as Float32Array, expected.data, expected.tolerance, `${golden} (${value})`);
      }
      return undefined;
    });
  }
}

interface Expected {
  file: string;
  size: number;
  classes: number;
  activation: Model['activation'];
  /** Nodes of the file that depend on the image; weights, as published (MobileNet 0.25: 475,544; SqueezeNet: 1,248,424). */
  layers: number;
  parameters: number;
}

const real: readonly Expected[] = [
  { file: 'darknet-tiny-imagenet/darknet_tiny.onnx', size: 224, classes: 1000, activation: 'none', layers: 52, parameters: 1046488 },
  {
    file: 'mobilenet-v1-025-imagenet/mobilenet_v1_0.25_224.onnx',
    size: 224,
    classes: 1000,
    activation: 'softmax',
    layers: 89,
    parameters: 475544,
  },
  { file: 'squeezenet-imagenet/squeezenet_v1.0.onnx', size: 227, classes: 1000, activation: 'softmax', layers: 67, parameters: 1248424 },
  {
    file: 'mobilenet-v3-small-3class/mobilenet_v3_small_external.onnx',
    size: 224,
    classes: 3,
    activation: 'none',
    layers: 122,
    parameters: 1514875,
  },
  {
    file: 'mobilenet-v3-small-3class/mobilenet_v3_small_opset17.onnx',
    size: 224,
    classes: 3,
    activation: 'none',
    layers: 122,
    parameters: 1514875,
  },
];
for (const { file, ...expected } of real) {
  test(`${file}: as onnxruntime on the file itself`, async (t) => {
    const path = sharedPath(`models/${file}`);
    if (!path) return t.skip(sharedMissing);
    const model = await open(path);
    const { classes, activation } = model;
    const parameters = model.layers.reduce((n, l) => n + l.parameters, 0);
    assert.deepEqual({ size: model.input.height, classes, activation, layers: model.layers.length, parameters }, expected);
    assert.deepEqual(model.graph.types.get(model.logits)?.shape, ['N', classes]);
    const original = decodeModel(readFileSync(path));
    if (original.graph.initializers.some((i) => i.externalData)) return undefined;
    await compare(model, original);
    return undefined;
  });
}

test('the two exports of MobileNetV3 are the same network', async (t) => {
  const folder = sharedPath('models/mobilenet-v3-small-3class');
  if (!folder) return t.skip(sharedMissing);
  const logits: Float32Array[] = [];
  for (const file of ['mobilenet_v3_small_external.onnx', 'mobilenet_v3_small_opset17.onnx']) {
    const model = await open(join(folder, file));
    // The first file fixes the batch at 1; two images go through both.
    const feed = float32([2, 3, 224, 224], noise(2 * 3 * 224 * 224));
    logits.push((await runGraph(model.graph, [model.logits], { [model.input.value]: feed }))[model.logits] as Float32Array);
  }
  closeTo(logits[0] as Float32Array, logits[1] as Float32Array, 1e-4, 'logits');
  return undefined;
});

/** Logits and, where there is one, the activated output, for one image. */
async function compare(model: Model, original: ReturnType<typeof decodeModel>): Promise<void> {
  const { channels, height, width, value, name } = model.input;
  const feed = float32([1, channels, height, width], noise(channels * height * width));
  const output = original.graph.outputs[0]?.name as string;
  const inner = original.graph.nodes.some((n) => n.outputs.includes(model.logits)) ? [model.logits] : [];
  const expected = await runOriginal(original, [...new Set([output, ...inner])], { [name]: feed });
  const outputs = [...new Set([...model.graph.outputs, ...inner, output])];
  const actual = await runGraph(model.graph, outputs, { [value]: feed });
  for (const key of Object.keys(expected)) closeTo(actual[key] as Float32Array, expected[key] as Float32Array, 2e-5, key);
}

const light = sharedPath('models/onnx-topologies');
const topologies = light ? readdirSync(light).filter((f) => f.endsWith('.onnx')) : [];
test('light topologies are there', (t) => (light ? assert.ok(topologies.length >= 9) : t.skip(sharedMissing)));
for (const file of topologies) {
  // Old zoo networks, opset 9, batch 1 written everywhere, weights made by ConstantOfShape, expected output beside them.
  test(`zoo ${file}`, async (t) => {
    // 600 MB of weights, three times.
    if (file.includes('vgg19') && !process.env.GLASSBOX_BIG_TESTS) return t.skip('left out: set GLASSBOX_BIG_TESTS=1 to run it');
    const path = join(light as string, file);
    const model = await open(path);
    assert.equal(model.classes, 1000);
    assert.deepEqual(model.graph.types.get(model.logits)?.shape, ['N', 1000], 'the batch is free although the file fixes it');
    assert.equal(model.activation, file.includes('densenet') ? 'none' : 'softmax');
    await compare(model, decodeModel(readFileSync(path)));
    if (model.activation === 'softmax') {
      const bytes = readFileSync(path.replace('.onnx', '_output_0.pb'));
      const expected = new Float32Array(bytes.buffer.slice(bytes.byteOffset + bytes.length - 4000, bytes.byteOffset + bytes.length));
      const { channels, height, width, value } = model.input;
      const output = model.graph.outputs[1] as string;
      const feed = float32([2, channels, height, width], noise(elements([2, channels, height, width])));
      const actual = (await runGraph(model.graph, [output], { [value]: feed }))[output] as Float32Array;
      // All weights are alike, so all classes are: whatever the image, 1/1000 each. Two images at once.
      closeTo(actual, Float32Array.of(...expected, ...expected), 1e-6, 'stored output');
    }
    return undefined;
  });
}
