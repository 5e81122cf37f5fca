// Every layer class and its variants against the numbers that Keras computes (test/data/keras/make.py), Keras-3 configs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { float32 } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { JsonObject } from '../../src/importers/keras/json.ts';
import { layerClasses } from '../../src/importers/keras/layers/index.ts';
import { operationClasses } from '../../src/importers/keras/operations/index.ts';
import { permute } from '../../src/importers/keras/permute.ts';
import type { Model } from '../../src/importers/model.ts';
import { runGraph } from '../support/onnxReference.ts';
import { repository } from '../support/paths.ts';
import { memorySource, modelFiles } from '../support/tfjsModels.ts';

interface Stored {
  shape: number[];
  data: string;
}
interface Case {
  name: string;
  config: JsonObject;
  weights: (Stored & { name: string })[];
  input: Stored;
  output: Stored;
}

const cases = JSON.parse(readFileSync(join(repository, 'test/data/keras/cases.json'), 'utf8')) as Case[];

/** float32 against float32; sums of a few dozen products. */
const TOLERANCE = 2e-6;

for (const { name, config, weights, input, output } of cases) {
  test(`keras: ${name}`, async () => {
    const topology = { keras_version: '3.15.1', backend: 'jax', model_config: config };
    const files = modelFiles({
      topology,
      weights: weights.map((w) => ({ name: w.name, shape: w.shape, values: values(w) })),
      shardBytes: 100,
    });
    const model = await openModel(memorySource(files));
    const probe = model.layers.find((l) => l.name === 'probe' || l.name.endsWith('/probe'));
    assert.ok(probe, 'the probed layer is among the layers');
    const feed = float32(...channelsFirst(model, input));
    const results = await runGraph(model.graph, [probe.value], { [model.input.value]: feed });
    const [shape, expected] = channelsFirst(model, output);
    assert.deepEqual(probe.shape, ['N', ...shape.slice(1)]);
    const actual = results[probe.value] as Float32Array;
    const largest = expected.reduce((m, v) => Math.max(m, Math.abs(v)), 1);
    expected.forEach((v, i) => {
      const off = Math.abs((actual[i] as number) - v);
      assert.ok(off <= TOLERANCE * largest, `element ${i} is ${actual[i]}, Keras has ${v}`);
    });
  });
}

test('every layer class is tried, but for those whose numbers others stand for', () => {
  const tried = new Set(cases.flatMap(({ config }) => classNames(config)));
  const untried = [...layerClasses.keys()].filter((name) => !tried.has(name));
  const sameAsTried = /^(Random|Gaussian|Alpha|BatchNormalizationV|SyncBatch|ActivityRegularization|Identity$|StochasticDepth$|Dropout$)/;
  const ownTests = ['TFOpLambda', 'SlicingOpLambda', 'TensorFlowOpLayer', 'CustomScaleLayer', 'LayerScale', 'ThresholdedReLU', 'Divide'];
  assert.deepEqual(
    untried.filter((name) => !sameAsTried.test(name) && !ownTests.includes(name)),
    [],
  );
});

test('every operation of keras.ops is tried', () => {
  const tried = new Set(cases.flatMap(({ config }) => operationNames(config)));
  // Other names of the same.
  const alike = ['Divide', 'ReLU', 'Abs', 'Amax', 'Amin'];
  assert.deepEqual(
    [...operationClasses.keys()].filter((name) => !tried.has(name) && !alike.includes(name)),
    [],
  );
});

function operationNames(config: JsonObject): string[] {
  const { layers } = config.config as unknown as { layers: { module: string; class_name: string }[] };
  return layers.flatMap(({ module, class_name: name }) => (module.startsWith('keras.src.ops.') ? [name] : []));
}

function classNames(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(classNames);
  if (typeof value !== 'object' || value === null) return [];
  const { class_name: name } = value as { class_name?: unknown };
  return [...(typeof name === 'string' ? [name] : []), ...Object.values(value).flatMap(classNames)];
}

function values({ data }: Stored): Float32Array {
  const bytes = Buffer.from(data, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** A Keras tensor as the graph holds it: images channels-first. */
function channelsFirst(model: Model, stored: Stored): [shape: number[], data: Float32Array] {
  const data = values(stored);
  if (stored.shape.length !== 4 || model.input.layout === 'NCHW') return [stored.shape, data];
  const moved = permute(data, stored.shape, [0, 3, 1, 2]);
  return [moved.shape, moved.data];
}
