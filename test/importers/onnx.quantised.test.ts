// Quantised networks as onnxruntime.quantization makes them (test/data/quantised): logits of the file itself, gradients, maps.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { defaultLayer } from '../../src/explain/layers.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { newBuilder } from '../../src/ops/index.ts';
import { differentiate } from '../../src/transform/differentiate.ts';
import { executors } from '../support/executors.ts';
import { int, node, smallModel, sourceOf, weight } from '../support/onnxModels.ts';
import { runGraph } from '../support/onnxReference.ts';
import { seeded } from '../support/seeded.ts';
import { apart } from '../support/torchZoo.ts';

interface Entry {
  name: string;
  operators: string[];
  plain: number[];
  fused: number[];
}

const folder = new URL('../data/quantised/', import.meta.url);
const entries = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as Entry[];

const open = (name: string): Promise<Model> =>
  openModel(sourceOf(new Uint8Array(gunzipSync(readFileSync(new URL(`${name}.onnx.gz`, folder))))));

/** What the files were asked; the one with bytes at its input got the same as pixels. */
function image({ input, hints }: Model): Tensor {
  const values = seeded(3 * 24 * 32, { name: 'input', scale: 1 });
  const bytes = hints.normalization?.from.includes('uint8');
  return float32([1, 3, input.height, input.width], bytes ? values.map((v) => Math.fround(Math.fround(v * 100) + 128)) : values);
}

for (const { name, operators, plain } of entries) {
  test(`${name} (${operators.filter((op) => /Q|Integer|uantize/.test(op)).join(', ')}): logits, default layer, gradient`, async () => {
    const model = await open(name);
    for (const { id, create } of executors.filter(({ optional }) => !optional)) {
      const program = await (await create()).compile({ ...model.graph, outputs: [model.logits] });
      const results = await program.run({ [model.input.value]: image(model) });
      await program.dispose();
      const off = apart(results[model.logits]?.data as Float32Array, plain);
      assert.ok(off < 1e-4, `${id}: ${off} of the largest logit`);
    }
    const { kind, shape } = defaultLayer(model);
    assert.ok(!/uantizeLinear/.test(kind) && shape.length === 4, `${kind} [${shape}]`);
    assert.equal(model.graph.inputs.get(model.input.value)?.shape[0], 'N', 'the batch is free');
    const gradient = await inputGradient(model);
    assert.ok(gradient.every(Number.isFinite) && gradient.some((v) => v !== 0));
  });
}

/** Gradient of the first logit by the image. */
async function inputGradient(model: Model): Promise<Float32Array> {
  const b = newBuilder(model.graph);
  const seed = b.input('seed', { dtype: 'float32', shape: ['N', model.classes] });
  const value = differentiate(b, model.logits, seed, [model.input.value]).get(model.input.value) as string;
  const first = float32([1, model.classes], [1, ...new Array<number>(model.classes - 1).fill(0)]);
  return (await runGraph(b.build([value]), [value], { [model.input.value]: image(model), seed: first }))[value] as Float32Array;
}

test('the straight-through gradient of 16 bits is close to that of 8', async () => {
  const [fine, coarse] = [await inputGradient(await open('qdq-uint16')), await inputGradient(await open('qdq-uint8'))];
  const dot = (a: Float32Array, c: Float32Array) => a.reduce((s, v, i) => s + v * (c[i] as number), 0);
  const cosine = dot(fine, coarse) / Math.sqrt(dot(fine, fine) * dot(coarse, coarse));
  assert.ok(cosine > 0.9, `cosine ${cosine}`);
});

test('integers that something else computes with are refused by name', async () => {
  const nodes = [
    node('QuantizeLinear', 'x s', 'q'),
    node('Relu', 'q', 'r'),
    node('DequantizeLinear', 'r s', 'd'),
    node('Flatten', 'd', 'logits', int('axis', 1)),
  ];
  const model = smallModel({ nodes, initializers: [weight('s', [], [0.1])] });
  await assert.rejects(openModel(sourceOf(model)), /Relu 'n_r' computes with the integers of quantised values, which is not supported/);
});
