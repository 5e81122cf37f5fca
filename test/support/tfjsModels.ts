// Small TF.js Layers models built in code: model.json and shards, in memory or in a folder.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Json, JsonObject } from '../../src/importers/keras/json.ts';
import type { ModelSource } from '../../src/importers/model.ts';
import { ModelError } from '../../src/shared/errors.ts';

export interface TestWeight {
  name: string;
  shape: readonly number[];
  /** Absent: 0.1, 0.2, … */
  values?: ArrayLike<number>;
  dtype?: string;
  quantization?: JsonObject;
  /** The bytes themselves, for quantised weights. */
  bytes?: Uint8Array;
}

export interface TestModel {
  topology: JsonObject;
  weights: readonly TestWeight[];
  /** Cut the weights into shards of this many bytes. */
  shardBytes?: number;
}

export type Files = Record<string, Uint8Array>;

/** model.json and its shards by name. */
export function modelFiles({ topology, weights, shardBytes }: TestModel): Files {
  const bytes = Buffer.concat(weights.map(weightBytes));
  const size = shardBytes ?? Math.max(1, bytes.length);
  const count = Math.max(1, Math.ceil(bytes.length / size));
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  const manifest = weights.map(({ name, shape, dtype = 'float32', quantization }) => ({
    name,
    shape,
    dtype,
    ...(quantization && { quantization }),
  }));
  const json = { format: 'layers-model', modelTopology: topology, weightsManifest: [{ paths, weights: manifest }] };
  const files: Files = { 'model.json': Buffer.from(JSON.stringify(json)) };
  paths.forEach((path, i) => {
    files[path] = bytes.subarray(i * size, (i + 1) * size);
  });
  return files;
}

function weightBytes({ shape, values, bytes }: TestWeight): Uint8Array {
  if (bytes) return bytes;
  const n = shape.reduce((p, d) => p * d, 1);
  const data = values ? Float32Array.from(values) : Float32Array.from({ length: n }, (_, i) => (i + 1) / 10);
  return new Uint8Array(data.buffer);
}

export function memorySource(files: Files, inputSize?: readonly [number, number]): ModelSource {
  return {
    file: 'model.json',
    bytes: files['model.json'] as Uint8Array,
    read: async (name) => {
      const bytes = files[name];
      if (!bytes) throw new ModelError('file-missing', `'${name}' is not there.`);
      return bytes;
    },
    ...(inputSize && { inputSize }),
  };
}

/** Writes files to a new folder, removed after the test; returns the path of model.json. */
export async function writeModel(t: TestContext, files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-tfjs-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await Promise.all(Object.entries(files).map(([name, bytes]) => writeFile(join(folder, name), bytes)));
  return join(folder, 'model.json');
}

/** A layer of a Keras-2 config; `from` names the layers it is called with, once. */
export function layer(className: string, name: string, config: JsonObject = {}, from: readonly string[] = []): JsonObject {
  return {
    class_name: className,
    name,
    config: { name, ...config },
    inbound_nodes: from.length === 0 ? [] : [from.map((f) => [f, 0, 0, {}])],
  };
}

export function input(shape: readonly (number | null)[] = [8, 8, 3], name = 'image'): JsonObject {
  return layer('InputLayer', name, { batch_input_shape: [null, ...shape] });
}

/** The converter's spelling of a functional model from its first layer to its last. */
export function functional(layers: readonly JsonObject[], overrides: JsonObject = {}): JsonObject {
  const name = (l: JsonObject | undefined) => l?.name as string;
  const config = {
    name: 'net',
    layers,
    input_layers: [[name(layers[0]), 0, 0]],
    output_layers: [[name(layers.at(-1)), 0, 0]],
    ...overrides,
  };
  return { keras_version: '2.15.0', backend: 'tensorflow', model_config: { class_name: 'Functional', config } };
}

/** image → Conv2D 'conv' (3×3, 4 filters) → GlobalAveragePooling2D 'gap' → Dense 'scores' (5 classes, softmax). */
export function smallNet(overrides: { conv?: JsonObject; image?: JsonObject } = {}): { topology: JsonObject; weights: TestWeight[] } {
  return {
    topology: functional([
      overrides.image ?? input(),
      layer('Conv2D', 'conv', { filters: 4, kernel_size: [3, 3], activation: 'relu', ...overrides.conv }, ['image']),
      layer('GlobalAveragePooling2D', 'gap', {}, ['conv']),
      layer('Dense', 'scores', { units: 5, activation: 'softmax' }, ['gap']),
    ]),
    weights: [
      { name: 'conv/kernel', shape: [3, 3, 3, 4] },
      { name: 'conv/bias', shape: [4] },
      { name: 'scores/kernel', shape: [4, 5] },
      { name: 'scores/bias', shape: [5] },
    ],
  };
}

/** model.json's parsed text with a change applied. */
export function edit(
  files: Files,
  change: (json: { modelTopology: JsonObject; weightsManifest: Json[] } & Record<string, Json>) => void,
): Files {
  const json = JSON.parse(Buffer.from(files['model.json'] as Uint8Array).toString());
  change(json);
  return { ...files, 'model.json': Buffer.from(JSON.stringify(json)) };
}
