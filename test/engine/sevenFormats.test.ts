/**
 * The same weights in every format make the same maps: squeezenet and mobilenet of ../shared/models in the seven formats
 * they come in. Independent of the formats' importers is the reference, TensorFlow.js Layers, which the golden tests check.
 */
import assert from 'node:assert/strict';
import { basename, dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ExplanationMap, MapRequest } from '../../src/shared/protocol.ts';
import { newEngine } from '../support/engineCalls.ts';
import { similarity } from '../support/golden.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

const models: Readonly<Record<string, readonly string[]>> = {
  'squeezenet-imagenet': [
    'tfjs-layers/model.json',
    'tfjs-graph/model.json',
    'squeezenet_v1.0.keras',
    'squeezenet_v1.0.h5',
    'squeezenet_v1.0.onnx',
    'squeezenet_v1.0_saved_model/saved_model.pb',
    'squeezenet_v1.0_float.tflite',
  ],
  'mobilenet-v1-025-imagenet': [
    'tfjs-layers/model.json',
    'tfjs-graph/model.json',
    'mobilenet_v1_0.25_224.keras',
    'mobilenet_v1_0.25_224.h5',
    'mobilenet_v1_0.25_224.onnx',
    'mobilenet_v1_0.25_224_saved_model/saved_model.pb',
    'mobilenet_v1_0.25_224_float.tflite',
  ],
};

/** One of every kind; RISE and Score-CAM by a few forward passes. */
const requests: readonly MapRequest[] = [
  { method: 'grad-cam' },
  { method: 'grad-cam++' },
  { method: 'layer-cam' },
  { method: 'xgrad-cam' },
  { method: 'hires-cam' },
  { method: 'eigen-cam' },
  { method: 'guided-grad-cam' },
  { method: 'saliency' },
  { method: 'gradient-x-input' },
  { method: 'guided-backprop' },
  { method: 'deconvnet' },
  { method: 'relevance-cam' },
  { method: 'lrp' },
  { method: 'clrp' },
  { method: 'sglrp' },
  { method: 'smoothgrad', params: { samples: 4 } },
  { method: 'integrated-gradients', params: { steps: 8 } },
  { method: 'occlusion', params: { window: 64, stride: 64 } },
  { method: 'rise', params: { masks: 16 } },
];

/**
 * Means of gradients at many inputs. Formats round a batch normalisation differently, and where that flips one ReLU6 among
 * millions the gradient jumps at a few pixels: as the golden data's README says, the whole is compared then.
 */
const jumps = new Set(['smoothgrad', 'integrated-gradients']);

for (const [folder, files] of Object.entries(models)) {
  test(`the same maps from every format of ${folder}`, async (t) => {
    const image = sharedPath('images/grad-cam/both.png');
    const paths = files.map((file) => sharedPath(`models/${folder}/${file}`));
    if (!image || paths.includes(undefined)) return t.skip(sharedMissing);
    const reference = await mapsOf(paths[0] as string, image, requests);
    for (const path of paths.slice(1) as string[]) await t.test(nameOf(path), (s) => compare(s, path, image, reference));
  });
}

const nameOf = (path: string) => `${basename(dirname(path))}/${basename(path)}`;

async function mapsOf(model: string, image: string, asked: readonly MapRequest[]) {
  const { engine, predict } = newEngine({ cacheBytes: 2 ** 28 });
  const { logits, model: info } = await predict(model, image);
  const context = { signal: new AbortController().signal, progress: () => {} };
  const outcomes = await engine.explainAll({ model, image, requests: asked }, context);
  const maps = outcomes.map((outcome, i) =>
    'map' in outcome ? outcome.map : assert.fail(`${asked[i]?.method}: ${JSON.stringify(outcome.error)}`),
  );
  return { logits, info, maps };
}

async function compare(t: TestContext, path: string, image: string, reference: Awaited<ReturnType<typeof mapsOf>>): Promise<void> {
  const { logits, info, maps } = await mapsOf(path, image, requests);
  assert.deepEqual(info.layers.find(({ name }) => name === info.defaultLayer)?.shape, shapeOfDefault(reference));
  assert.ok(apart(reference.logits, logits) < 1e-4, `logits differ by ${apart(reference.logits, logits)}`);
  const off = maps.map((map, i) => [map.method, apart((reference.maps[i] as ExplanationMap).values, map.values)] as const);
  t.diagnostic(off.map(([method, error]) => `${method} ${error.toExponential(1)}`).join(', '));
  const other = off.filter(
    ([method, error], i) => !(error <= 1e-4 || (jumps.has(method) && alike(reference.maps[i]?.values, maps[i]?.values))),
  );
  assert.deepEqual(
    other.map(([method, error]) => `${method}: ${error}`),
    [],
  );
}

function shapeOfDefault({ info }: Awaited<ReturnType<typeof mapsOf>>) {
  return info.layers.find(({ name }) => name === info.defaultLayer)?.shape;
}

/** As ../shared/golden/README.md compares gradients of deep networks. */
function alike(expected: Float32Array = new Float32Array(), actual: Float32Array = new Float32Array()): boolean {
  const { cosine, relL2 } = similarity(actual, expected);
  return cosine >= 0.9999 && relL2 <= 2e-2;
}

/** Largest difference, relative to the largest value. */
function apart(expected: Float32Array, actual: Float32Array): number {
  assert.equal(actual.length, expected.length);
  let [difference, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs((expected[i] as number) - (actual[i] as number)));
    largest = Math.max(largest, Math.abs(expected[i] as number));
  }
  return difference / largest;
}
