// Models as TensorFlow.js' own model.save() writes them, with what TensorFlow.js computes (test/data/tfjs/make.mjs).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { float32 } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import { runGraph } from '../support/onnxReference.ts';
import { repository } from '../support/paths.ts';
import { memorySource } from '../support/tfjsModels.ts';

interface Saved {
  name: string;
  modelTopology: unknown;
  weightsManifest: unknown;
  weights: string;
  input: { shape: number[]; data: string };
  output: string;
}

const saved = JSON.parse(readFileSync(join(repository, 'test/data/tfjs/saved.json'), 'utf8')) as Saved[];

for (const { name, modelTopology, weightsManifest, weights, input, output } of saved) {
  test(`saved by TensorFlow.js: ${name}`, async () => {
    const json = Buffer.from(JSON.stringify({ modelTopology, weightsManifest }));
    const model = await openModel(memorySource({ 'model.json': json, './weights.bin': Buffer.from(weights, 'base64') }));
    const probabilities = model.graph.outputs.at(-1) as string;
    assert.notEqual(probabilities, model.logits);
    const results = await runGraph(model.graph, [probabilities], { [model.input.value]: float32(input.shape, floats(input.data)) });
    const expected = floats(output);
    assert.equal(results[probabilities]?.length, expected.length);
    for (const [i, v] of expected.entries()) {
      assert.ok(Math.abs((results[probabilities]?.[i] as number) - v) < 1e-6, `${results[probabilities]}, TensorFlow.js has ${expected}`);
    }
  });
}

function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
