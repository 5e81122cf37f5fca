// SavedModels and frozen graphs of TensorFlow 1, TensorFlow 2 and Keras: against the answers of TensorFlow.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { float32 } from '../../src/graph/graph.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { readTfGraph } from '../../src/importers/savedmodel/index.ts';
import type { TfGraph } from '../../src/importers/tensorflow/graph.ts';
import { runGraph } from '../support/onnxReference.ts';
import { expectedOf, filesOf, names, sourceOf } from '../support/savedModels.ts';
import { seeded } from '../support/seeded.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

/** [N,H,W,C] → [N,C,H,W]. */
function channelsFirst(data: Float32Array, [n, h, w, c]: readonly [number, number, number, number]): Float32Array {
  const out = new Float32Array(data.length);
  for (let i = 0; i < n; i++)
    for (let p = 0; p < h * w; p++) for (let k = 0; k < c; k++) out[(i * c + k) * h * w + p] = data[(i * h * w + p) * c + k] as number;
  return out;
}

const image = float32([2, 3, 8, 10], channelsFirst(seeded(2 * 8 * 10 * 3, { name: 'image', scale: 1 }), [2, 8, 10, 3]));

const activated = (values: Float32Array, classes: number): number[] => {
  const rows: number[] = [];
  for (let at = 0; at < values.length; at += classes) {
    const row = Array.from(values.subarray(at, at + classes), Math.exp);
    const sum = row.reduce((a, b) => a + b, 0);
    rows.push(...row.map((v) => v / sum));
  }
  return rows;
};

async function answers(model: Model): Promise<readonly number[]> {
  const results = await runGraph(model.graph, [model.logits], { [model.input.value]: image });
  const logits = results[model.logits] as Float32Array;
  return model.activation === 'softmax' ? activated(logits, model.classes) : Array.from(logits);
}

function close(actual: readonly number[], expected: readonly number[], relative = 1e-5): void {
  assert.equal(actual.length, expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...actual.map((v, i) => Math.abs(v - (expected[i] as number))));
  assert.ok(worst <= relative * scale, `off by ${worst / scale} of the largest`);
}

for (const name of names.filter((n) => n !== 'tf1_partitioned')) {
  test(`${name}: the answers of TensorFlow`, async () => {
    const model = await openModel(sourceOf(filesOf(name)));
    assert.equal(model.format, 'saved-model');
    const { outputs } = expectedOf(name);
    const expected = outputs[model.output]?.data;
    assert.ok(expected, `${model.output} is among ${Object.keys(outputs)}`);
    close(await answers(model), expected);
  });
}

test('every output of a signature can be chosen', async () => {
  for (const [output, { data }] of Object.entries(expectedOf('module').outputs)) {
    const model = await openModel({ ...sourceOf(filesOf('module')), output });
    assert.deepEqual(model.outputs, ['probabilities', 'scores']);
    close(await answers(model), data);
  }
});

test('the values of variables, in one file and in two', async () => {
  for (const name of ['tf1', 'tf1_sharded']) {
    const { constants } = await readTfGraph(sourceOf(filesOf(name)));
    const { 'net/step': step, ...used } = expectedOf(name).variables;
    assert.equal(step?.data[0], 7);
    assert.ok(!constants.has('net/step'), 'what the output does not need is not read');
    for (const [variable, { shape, data }] of Object.entries(used)) {
      const constant = constants.get(variable);
      assert.ok(constant, `${name}: ${variable}`);
      assert.deepEqual(constant.shape, shape);
      assert.deepEqual(Array.from(constant.read() as Float32Array), data);
    }
  }
});

test('functions are written out under the names that people gave', async () => {
  const graph = await readTfGraph(sourceOf(filesOf('keras_export')));
  const convolution = graph.nodes.find((n) => n.op === 'Conv2D');
  assert.equal(convolution?.name, 'net_1/stem_1/convolution');
  assert.match(convolution?.place ?? '', /^node 'StatefulPartitionedCall(_\d)?\/StatefulPartitionedCall\/net_1\/stem_1\/convolution'$/);
  assert.ok(graph.nodes.some((n) => n.name.startsWith('net_1/block_1/') && n.op === 'DepthwiseConv2dNative'));
  const all = [...graph.nodes.flatMap((n) => n.outputs), ...graph.constants.keys()];
  assert.equal(new Set(all).size, all.length, 'names are unique');
});

test("the name in front of all layers is the model's, where there is one", async () => {
  assert.equal((await openModel(sourceOf(filesOf('keras_export')))).hints.modelName, 'net_1');
  assert.equal((await openModel(sourceOf(filesOf('module')))).hints.modelName, undefined);
});

test('a function that is called twice is there twice, its constants once', async () => {
  const graph = await readTfGraph(sourceOf(filesOf('module')));
  const convolutions = graph.nodes.filter((n) => n.op === 'Conv2D');
  assert.deepEqual(
    convolutions.map((n) => n.name),
    ['', '_1', '_2', '_3', '_4'].map((call) => `StatefulPartitionedCall${call}/Conv2D`),
  );
  const filters = convolutions.map((n) => n.inputs[1]);
  assert.equal(filters.length, 5);
  assert.equal(filters[1], filters[2]);
  assertOrdered(graph);
});

test('what is only for training is gone', async () => {
  for (const name of ['tf1', 'tf1_sharded', 'condition', 'frozen_graph']) {
    const source = sourceOf(filesOf(name));
    assert.ok(/Switch|cond_true/.test(Buffer.from(source.bytes).toString('latin1')), 'the file has it');
    const graph = await readTfGraph(sourceOf(filesOf(name)));
    assert.deepEqual(
      graph.nodes.filter((n) => /Switch|Merge|If|Random|Assign/.test(n.op)).map((n) => n.name),
      [],
    );
    assertOrdered(graph);
  }
});

test('the inputs and outputs are those of the signature', async () => {
  const graph = await readTfGraph(sourceOf(filesOf('tf1')));
  assert.deepEqual(graph.inputs, [{ name: 'image', tensor: 'x', dtype: 'float32', shape: [-1, 8, 10, 3] }]);
  assert.deepEqual(graph.outputs, [{ name: 'scores', tensor: 'net/scores' }]);
});

test('the inputs and outputs of a frozen graph are its placeholders and its ends', async () => {
  const graph = await readTfGraph(sourceOf(filesOf('frozen_graph')));
  assert.deepEqual(graph.inputs, [{ name: 'x', tensor: 'x', dtype: 'float32', shape: [-1, 8, 10, 3] }]);
  assert.deepEqual(graph.outputs, [{ name: 'net/probabilities', tensor: 'net/probabilities' }]);
});

test('the hash covers every file that is read', async () => {
  const files = filesOf('keras_export');
  const { hash } = await openModel(sourceOf(files));
  const index = files['variables/variables.index'] as Uint8Array;
  const repeated = await openModel(sourceOf(filesOf('keras_export')));
  assert.equal(repeated.hash, hash);
  // Behind the footer's two handles there are only zeros, which no reader looks at.
  const changed = Uint8Array.from(index);
  changed[index.length - 9] = 1;
  const other = await openModel(sourceOf({ ...files, 'variables/variables.index': changed }));
  assert.notEqual(other.hash, hash);
});

test('on disk, where only a part of the data is read, it is the same model', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-'));
  t.after(() => rm(folder, { recursive: true }));
  const files = filesOf('keras_export');
  await mkdir(join(folder, 'variables'));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  const source = await fileSource(join(folder, 'saved_model.pb'));
  const parts: number[] = [];
  const readPart = async (name: string, start: number, end: number) => {
    parts.push(end - start);
    return (await source.readPart?.(name, start, end)) as Uint8Array;
  };
  const [onDisk, inMemory] = [await openModel({ ...source, readPart }), await openModel(sourceOf(files))];
  assert.deepEqual(await answers(onDisk), await answers(inMemory));
  const whole = files['variables/variables.data-00000-of-00001']?.length as number;
  assert.ok(parts.length === 1 && (parts[0] as number) < 0.6 * whole, `${parts} of ${whole} bytes`);
});

/** Inputs stand before their readers, and all of them are there. */
function assertOrdered(graph: TfGraph): void {
  const made = new Set([...graph.constants.keys(), ...graph.inputs.map((i) => i.tensor)]);
  for (const node of graph.nodes) {
    for (const input of node.inputs) assert.ok(made.has(input), `${node.name} reads ${input}`);
    for (const output of node.outputs) made.add(output);
  }
  for (const { tensor } of graph.outputs) assert.ok(made.has(tensor));
}

for (const [net, folder, size] of [
  ['squeezenet-imagenet', 'squeezenet_v1.0_saved_model', 227],
  ['mobilenet-v1-025-imagenet', 'mobilenet_v1_0.25_224_saved_model', 224],
] as const) {
  test(`${net}: the weights and logits of the TF.js Layers model`, async (t) => {
    const path = sharedPath(`models/${net}`);
    if (!path) return t.skip(sharedMissing);
    const source = await fileSource(join(path, folder, 'saved_model.pb'));
    const { constants } = await readTfGraph(source);
    let compared = 0;
    for (const { name: called, shape, data } of layersWeights(join(path, 'tfjs-layers'))) {
      const name = called.replace('depthwise_kernel', 'kernel');
      // Keras writes the variables of an export a second time, under names with a number behind.
      const constant = constants.get(name) ?? constants.get(`${name}_1`);
      assert.ok(constant, name);
      assert.deepEqual(constant.shape, shape, name);
      assert.ok(Buffer.from(bytesOf(constant.read() as Float32Array)).equals(Buffer.from(bytesOf(data))), `${name} is the same`);
      compared += 1;
    }
    assert.ok(compared >= 52);
    const models = [await openModel(source), await openModel(await fileSource(join(path, 'tfjs-layers', 'model.json')))];
    const input = float32([1, 3, size, size], seeded(3 * size * size, { name: 'picture', scale: net.startsWith('squeeze') ? 120 : 1 }));
    const [ours, theirs] = await Promise.all(
      models.map(async (m) => Array.from((await runGraph(m.graph, [m.logits], { [m.input.value]: input }))[m.logits] as Float32Array)),
    );
    close(ours as number[], theirs as number[]);
    return undefined;
  });
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

interface Weight {
  name: string;
  shape: number[];
  data: Float32Array;
}

/** Read here once more, by hand. */
function layersWeights(folder: string): Weight[] {
  const { weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
    weightsManifest: { paths: string[]; weights: { name: string; shape: number[]; dtype: string }[] }[];
  };
  return weightsManifest.flatMap(({ paths, weights }) => {
    const bytes = Buffer.concat(paths.map((path) => readFileSync(join(folder, path))));
    let at = 0;
    return weights.map(({ name, shape, dtype }): Weight => {
      assert.equal(dtype, 'float32');
      const length = shape.reduce((n, d) => n * d, 1);
      const data = new Float32Array(Uint8Array.from(bytes.subarray(at, at + length * 4)).buffer);
      at += length * 4;
      return { name, shape, data };
    });
  });
}
