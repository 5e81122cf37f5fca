// TensorFlow's operators and patterns against what TensorFlow answers (test/data/tensorflow/make.py), on two engines.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { createWasm } from '../../src/execute/tfjs/executor.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Json, JsonObject } from '../../src/importers/keras/json.ts';
import { permute } from '../../src/importers/keras/permute.ts';
import type { Model } from '../../src/importers/model.ts';
import { repository } from '../support/paths.ts';
import { seeded } from '../support/seeded.ts';
import { memorySource, modelFiles } from '../support/tfjsModels.ts';

interface Case {
  name: string;
  topology: JsonObject;
  signature: JsonObject;
  weights: { name: string; shape: number[]; dtype: string; data: string }[];
  input: [number, number, number, number];
  output: number[][];
}

const file = join(repository, 'test/data/tensorflow/cases.json.gz');
const cases = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Case[];
const engines = [await createOnnxRuntime(), await createWasm()];

/** float32 against float32. */
const TOLERANCE = 1e-5;

for (const each of cases) {
  test(`TensorFlow: ${each.name}`, async () => {
    const model = await open(each);
    const oneByOne = model.graph.inputs.get(model.input.value)?.shape[0] !== 'N';
    // A class token is made as often as there are images, which a graph cannot say yet.
    assert.equal(oneByOne, each.name === 'attention', 'the batch stays free');
    const feeds = images(each, oneByOne).map((tensor) => ({ [model.input.value]: tensor }));
    const answer = model.activation === 'softmax' ? (model.graph.outputs[1] as string) : model.logits;
    for (const engine of engines) {
      const program = await engine.compile(model.graph);
      const data: number[] = [];
      for (const feed of feeds) data.push(...(((await program.run(feed))[answer] as Tensor).data as Float32Array));
      await program.dispose();
      const expected = each.output.flat();
      const largest = Math.max(...expected.map(Math.abs));
      assert.equal(data.length, expected.length);
      expected.forEach((v, i) => {
        assert.ok(
          Math.abs((data[i] as number) - v) <= TOLERANCE * largest,
          `${engine.name}: score ${i} is ${data[i]}, TensorFlow has ${v}`,
        );
      });
    }
  });
}

async function open({ topology, signature, weights }: Case): Promise<Model> {
  const stored = weights.map(({ data, ...rest }) => ({ ...rest, bytes: Buffer.from(data, 'base64') }));
  const files = modelFiles({ topology, weights: stored, shardBytes: 1000 });
  const json = JSON.parse(Buffer.from(files['model.json'] as Uint8Array).toString()) as { [key: string]: Json };
  files['model.json'] = Buffer.from(JSON.stringify({ ...json, format: 'graph-model', signature }));
  return await openModel(memorySource(files));
}

/** The batch, channels-first; as single images where the model takes one at a time. */
function images({ name, input }: Case, oneByOne: boolean): Tensor[] {
  const values = seeded(
    input.reduce((n, d) => n * d, 1),
    { name: `${name}/input`, scale: 1 },
  );
  const { shape, data } = permute(values, input, [0, 3, 1, 2]);
  const count = oneByOne ? input[0] : 1;
  const size = data.length / count;
  return Array.from({ length: count }, (_, i) => float32(oneByOne ? [1, ...shape.slice(1)] : shape, data.slice(i * size, (i + 1) * size)));
}
